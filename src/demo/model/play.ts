import { setTimeout as pause } from 'node:timers/promises'
import { type Piece, partialPieces, type Round } from './round.ts'
import type { ToolCall } from './tools.ts'

/** Everything a dialect needs to write one answer. */
export interface Reply {
  /** Unique in this server. */
  readonly number: number
  readonly model: string
  readonly round: Round
  readonly calls: readonly ToolCall[]
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Writes one streamed answer in a dialect's events. */
export interface ReplyWriter {
  readonly start: () => void
  readonly thought: (text: string) => void
  readonly text: (text: string) => void
  readonly call: (call: ToolCall) => void
  /** The complete end of the answer. */
  readonly end: () => void
  /** An error event in mid-stream. */
  readonly error: (message: string) => void
  /** The connection is cut with no further byte. */
  readonly cut: () => void
}

/** Streams a reply at its own pace. Rejects with AbortError as soon as the signal fires; no timer outlives it. */
export async function play(reply: Reply, writer: ReplyWriter, options: { broken: boolean; signal: AbortSignal }) {
  const { round } = reply
  const { signal } = options
  writer.start()
  await stream(round.thoughts, writer.thought, signal)
  if (options.broken) {
    await stream(partialPieces(), writer.text, signal)
    return round.broken?.how === 'cut' ? writer.cut() : writer.error('overloaded in mid-stream')
  }
  await stream(round.pieces, writer.text, signal)
  for (const call of reply.calls) writer.call(call)
  writer.end()
}

async function stream(pieces: readonly Piece[], write: (text: string) => void, signal: AbortSignal): Promise<void> {
  for (const piece of pieces) {
    signal.throwIfAborted()
    write(piece.text)
    if (piece.pauseMs > 0) await pause(piece.pauseMs, undefined, { signal })
  }
}
