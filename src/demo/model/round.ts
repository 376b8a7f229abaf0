import type { Step, ToolRequest } from './script.ts'

/** A bit of streamed text and the pause after it. */
export interface Piece {
  readonly text: string
  readonly pauseMs: number
}

/** One answer of the model: what it says, then which tools it calls. The agent's next request gets the next round. */
export interface Round {
  /** Silence before the first byte. */
  readonly hangMs: number
  /** An HTTP error instead of the answer, for the first `times` requests. */
  readonly failure?: { readonly status: number; readonly times: number; readonly message?: string }
  /** An answer that breaks off in mid-stream, for the first `times` requests. */
  readonly broken?: { readonly how: 'error' | 'cut'; readonly times: number }
  readonly thoughts: readonly Piece[]
  readonly pieces: readonly Piece[]
  readonly requests: readonly ToolRequest[]
  /** Overrides the counted size of the conversation. */
  readonly inputTokens?: number
}

const silent: Round = { hangMs: 0, thoughts: [], pieces: [], requests: [] }
const pieceEveryMs = 250
const partialText = ['I have read ', 'the first half ', 'and found ']
const filler = `I am reading the code that the change touches before I edit anything.
The handler parses its input twice, once here and once in the caller, so the second check never fires.
I will move the check to the edge, keep the inner function pure, and cover both paths with a test.
The existing tests name the old behaviour, so I am updating them one at a time.
Next I look at who else calls this function, because its error type changes.
Two callers ignore the result; both can stay as they are.
`
const fillerLines = filler.split(/(?<=\n)/)

/** Groups steps into rounds: a tool call ends a round, because the agent must report its result first. */
export function roundsOf(steps: readonly Step[]): readonly Round[] {
  const groups: Step[][] = [[]]
  for (const step of steps) {
    groups.at(-1)?.push(step)
    if (step.kind === 'call') groups.push([])
  }
  return groups.filter((group) => group.length > 0).map((group) => spoken(group.reduce(withStep, silent)))
}

/** A round that only says something. */
export function sayRound(text: string): Round {
  return { ...silent, pieces: [{ text, pauseMs: 0 }] }
}

/** The text of a round in one piece. */
export function textOf(round: Round): string {
  return round.pieces.map((piece) => piece.text).join('')
}

function withStep(round: Round, step: Step): Round {
  switch (step.kind) {
    case 'say':
      return speak(round, [{ text: step.text, pauseMs: 0 }])
    case 'slow':
      return speak(round, slowPieces(step.seconds, step.text))
    case 'stream':
      return speak(round, wordPieces(step.seconds, step.text))
    case 'lines':
      return speak(round, linePieces(step.count))
    case 'think':
      return { ...round, thoughts: [...round.thoughts, ...slowPieces(step.seconds, '')] }
    case 'hang':
      return { ...round, hangMs: round.hangMs + step.seconds * 1000 }
    case 'usage':
      return { ...round, inputTokens: step.inputTokens }
    case 'fail': {
      const { kind: _, ...failure } = step
      return { ...round, failure }
    }
    case 'break':
      return { ...round, broken: { how: step.how, times: step.times } }
    case 'call':
      return { ...round, requests: [...round.requests, ...step.requests] }
  }
}

/** No agent accepts an empty answer: a round of silence and errors alone says at least what it was. */
function spoken(round: Round): Round {
  if (round.requests.length > 0 || round.pieces.length > 0) return round
  if (round.failure !== undefined || round.broken !== undefined) return speak(round, sayRound('recovered').pieces)
  if (round.inputTokens !== undefined) return speak(round, sayRound(`used ${round.inputTokens} tokens`).pieces)
  return speak(round, sayRound(round.hangMs > 0 ? 'back again' : 'I have thought about it.').pieces)
}

function speak(round: Round, pieces: readonly Piece[]): Round {
  const gap = round.pieces.length === 0 ? [] : [{ text: '\n\n', pauseMs: 0 }]
  return { ...round, pieces: [...round.pieces, ...gap, ...pieces] }
}

/** Text that stops in mid-sentence, for an answer that breaks off. */
export function partialPieces(): readonly Piece[] {
  return partialText.map((text) => ({ text, pauseMs: 100 }))
}

/** Four pieces a second of plausible prose, in whole sentences, for as long as asked; then the given text. */
function slowPieces(seconds: number, text: string): readonly Piece[] {
  const count = Math.max(1, Math.round((seconds * 1000) / pieceEveryMs))
  const prose: string[] = []
  for (let line = 0; prose.length < count * 3; line += 1) {
    prose.push(...(fillerLines[line % fillerLines.length] ?? '').split(/(?<=\s)/))
  }
  const pieces = spread(prose, count, pieceEveryMs)
  return text === '' ? pieces : [...pieces, { text: `\n\n${text}`, pauseMs: 0 }]
}

/** The given text word by word over the given time, at most fifty pieces a second. */
function wordPieces(seconds: number, text: string): readonly Piece[] {
  const words = (text || filler).split(/(?<=\s)/)
  const count = Math.max(1, Math.min(words.length, Math.round(seconds * 50)))
  return spread(words, count, (seconds * 1000) / count)
}

function spread(words: readonly string[], count: number, pauseMs: number): readonly Piece[] {
  const start = (piece: number) => Math.round((piece * words.length) / count)
  return Array.from({ length: count }, (_, piece) => ({
    text: words.slice(start(piece), start(piece + 1)).join(''),
    pauseMs,
  }))
}

function linePieces(count: number): readonly Piece[] {
  return Array.from({ length: Math.max(1, count) }, (_, index) => ({
    text: `line ${index + 1} of ${count}: checked, nothing to change here\n`,
    pauseMs: 0,
  }))
}
