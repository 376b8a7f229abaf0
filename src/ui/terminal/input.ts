import { decodeKey, type Key } from './key.ts'
import { type MouseEvent, mouseEvent, mouseReport } from './mouse.ts'
import { focusReport, isReply } from './replies.ts'
import { InputTokenizer, type Token } from './tokenizer.ts'

/** What the operator or the terminal did. */
export type InputEvent =
  | { readonly type: 'key'; readonly key: Key; readonly bytes: Uint8Array }
  | { readonly type: 'paste'; readonly text: string }
  | ({ readonly type: 'mouse' } & MouseEvent)
  | { readonly type: 'focus'; readonly in: boolean }
  | { readonly type: 'reply'; readonly bytes: Uint8Array }

/** Calls back after a time unless the returned function is called before. */
export type Schedule = (callback: () => void, delayMs: number) => () => void

/** How long an Escape waits for the rest of a sequence. */
export const ESCAPE_DELAY_MS = 25

/** How long a sequence that has begun waits for its end, for lines that stutter. */
export const SEQUENCE_DELAY_MS = 500

/** `onEvent` is called in the order of the input. `schedule` is the clock. */
export interface InputParserOptions {
  readonly onEvent: (event: InputEvent) => void
  readonly schedule: Schedule
}

/** Turns what the terminal sends into events. */
export interface InputParser {
  /** Reads a chunk, cut anywhere. Never throws. */
  push(chunk: Uint8Array): void
  /** Drops what is incomplete and stops the clock. */
  dispose(): void
}

/** Bytes kept of one paste; what exceeds them is left out. */
const MAX_PASTE_BYTES = 16 * 1024 * 1024

/** Creates a parser with nothing read yet. */
export function createInputParser({ onEvent, schedule }: InputParserOptions): InputParser {
  const paste = createPasteCollector()
  let cancel: (() => void) | undefined

  function read(token: Token): void {
    if (token.kind === 'paste-start') paste.start()
    else if (token.kind === 'paste-part') paste.add(token.bytes)
    else if (token.kind === 'paste-end') endPaste()
    else report(eventOf(token))
  }

  function endPaste(): void {
    const text = paste.finish()
    report(text === undefined ? undefined : { type: 'paste', text })
  }

  function report(event: InputEvent | undefined): void {
    if (event !== undefined) onEvent(event)
  }

  const tokenizer = new InputTokenizer(read)

  function wait(): void {
    if (tokenizer.waiting === 'none') return
    cancel = schedule(settle, tokenizer.waiting === 'short' ? ESCAPE_DELAY_MS : SEQUENCE_DELAY_MS)
  }

  function settle(): void {
    cancel = undefined
    tokenizer.settle()
    wait()
  }

  function stop(): void {
    cancel?.()
    cancel = undefined
  }

  return {
    push(chunk) {
      stop()
      tokenizer.push(chunk)
      wait()
    },
    dispose: stop,
  }
}

function eventOf(token: Token): InputEvent | undefined {
  const report = mouseReport(token)
  if (report !== undefined) return { type: 'mouse', ...mouseEvent(report) }
  const focus = focusReport(token)
  if (focus !== undefined) return { type: 'focus', in: focus === 'in' }
  if (isReply(token)) return { type: 'reply', bytes: token.bytes }
  const key = decodeKey(token)
  if (key === 'ignored') return undefined
  return key === undefined ? { type: 'reply', bytes: token.bytes } : { type: 'key', key, bytes: token.bytes }
}

function createPasteCollector() {
  const decoder = new TextDecoder()
  let parts: Uint8Array[] | undefined
  let size = 0
  return {
    start(): void {
      parts = []
      size = 0
    },
    add(bytes: Uint8Array): void {
      if (parts === undefined || size + bytes.length > MAX_PASTE_BYTES) return
      parts.push(bytes)
      size += bytes.length
    },
    finish(): string | undefined {
      if (parts === undefined) return undefined
      const whole = new Uint8Array(size)
      let at = 0
      for (const part of parts) {
        whole.set(part, at)
        at += part.length
      }
      parts = undefined
      return plainText(decoder.decode(whole))
    },
  }
}

/** Line ends become line feeds; control characters go, for a pasted text is later typed into an agent's terminal. */
function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '')
}
