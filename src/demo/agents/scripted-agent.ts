import { setTimeout as pause } from 'node:timers/promises'
import { roundsOf } from '../model/round.ts'
import { parseStep, splitSteps, type ToolRequest } from '../model/script.ts'
import { flood } from './flood.ts'
import { createKeyInput } from './key-input.ts'

const { stdin, stdout } = process

/**
 * A stand-in for a real agent: a line prompt that plays scripts without a model. Beside the model's words it knows
 * `EXIT code` and `FLOOD kB`. Tools only pretend, and ask first; the title names the state. Arguments are a first
 * prompt. Ctrl+C interrupts or clears the line; Ctrl+D on an empty line leaves.
 */
export function main(argv: readonly string[] = process.argv.slice(2)): void {
  const agent = new ScriptedAgent()
  const input = createKeyInput({ key: (character) => agent.key(character), paste: (text) => agent.paste(text) })
  stdin.setEncoding('utf8')
  if (stdin.isTTY) stdin.setRawMode(true)
  stdin.on('data', (data) => input(String(data)))
  stdin.on('end', () => leave(0))
  stdout.write('\x1b[?2004h')
  agent.start(argv.join(' '))
}

class ScriptedAgent {
  #line = ''
  #work: AbortController | undefined
  #answer: ((character: string) => void) | undefined
  readonly #queue: string[] = []

  start(firstPrompt: string): void {
    this.#prompt()
    if (firstPrompt !== '') this.#submit(firstPrompt)
  }

  key(character: string): void {
    if (character === '\x04' && this.#line === '') leave(0)
    else if (character === '\x03' && this.#work !== undefined) this.#work.abort()
    else if (this.#answer !== undefined) this.#answer(character)
    else if (character === '\r') this.#enter()
    else this.#edit(character)
  }

  paste(text: string): void {
    if (this.#answer !== undefined) return // as real agents do: a dialog takes no paste
    this.#line += text.replace(/\r\n?|\n/g, ' ').replace(/[\x00-\x1f]/g, '')
    this.#redraw()
  }

  #edit(character: string): void {
    if (character === '\x03') this.#line = ''
    else if (character === '\x7f') this.#line = this.#line.slice(0, -1)
    else if (character >= ' ') this.#line += character
    this.#redraw()
  }

  #enter(): void {
    const text = this.#line.trim()
    this.#line = ''
    if (text === '') this.#redraw()
    else if (this.#work === undefined) this.#submit(text)
    else this.#queue.push(text)
  }

  #submit(text: string): void {
    this.#work = new AbortController()
    showState('busy')
    stdout.write(`\r\x1b[K> ${text}\r\n`)
    void this.#play(text, this.#work.signal).then(() => {
      this.#work = undefined
      const next = this.#queue.shift()
      if (next === undefined) this.#prompt()
      else this.#submit(next)
    })
  }

  async #play(text: string, signal: AbortSignal): Promise<void> {
    try {
      for (const step of splitSteps(text)) {
        const local = /^(EXIT|FLOOD)\b\s*(\d*)/.exec(step)
        if (local?.[1] === 'EXIT') leave(Number(local[2]))
        else if (local?.[1] === 'FLOOD') await flood(stdout, Number(local[2] || 64), signal)
        else await this.#playStep(step, signal)
      }
    } catch {
      stdout.write('\r\n(interrupted)\r\n') // only an abort ends a step early
    }
  }

  async #playStep(step: string, signal: AbortSignal): Promise<void> {
    for (const round of roundsOf([parseStep(step)])) {
      const status = round.failure?.status ?? (round.broken === undefined ? undefined : 529)
      if (status !== undefined) {
        stdout.write(`error: ${status}\r\n`)
        continue
      }
      await pause(round.hangMs, undefined, { signal })
      for (const piece of [...round.thoughts, ...round.pieces]) {
        stdout.write(piece.text.replaceAll('\n', '\r\n'))
        if (piece.pauseMs > 0) await pause(piece.pauseMs, undefined, { signal })
      }
      if (round.pieces.length > 0) stdout.write('\r\n')
      for (const request of round.requests) await this.#ask(request, signal)
    }
  }

  async #ask(request: ToolRequest, signal: AbortSignal): Promise<void> {
    showState('waiting')
    stdout.write(`${questionFor(request)} [y/n] `)
    const isAllowed = await new Promise<boolean>((resolve, reject) => {
      this.#answer = (character) => {
        if (/^[yn]$/i.test(character)) resolve(/y/i.test(character))
      }
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    }).finally(() => {
      this.#answer = undefined
      showState('busy')
    })
    stdout.write(isAllowed ? 'yes\r\ndone (pretended)\r\n' : 'no\r\ndeclined\r\n')
  }

  #prompt(): void {
    showState('idle')
    this.#redraw()
  }

  #redraw(): void {
    if (this.#work === undefined) stdout.write(`\r\x1b[K> ${this.#line}`)
  }
}

function questionFor(request: ToolRequest): string {
  if (request.kind === 'ask') return request.question
  return `Allow: ${request.kind === 'run' ? request.command : request.kind}?`
}

function showState(state: 'idle' | 'busy' | 'waiting'): void {
  stdout.write(`\x1b]0;scripted agent: ${state}\x07`)
}

function leave(code: number): void {
  stdout.write('\x1b[?2004l\x1b]0;\x07\r\n', () => process.exit(code))
}
