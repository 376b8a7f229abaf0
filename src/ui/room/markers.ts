import type { SessionId } from '../../core/ids.ts'

/** What a test waits for: what was on the screen when this was written. */
export interface Marker {
  /** Chunks of input handled. */
  readonly inputs: number
  /** Sequence number of the last fact shown. */
  readonly seq: number
  readonly focused: SessionId | null
  readonly frame: number
  /** How often the chrome has been drawn. */
  readonly chrome: number
}

/** A marker as a private sequence that terminals ignore. */
export function markerSequence(marker: Marker): string {
  return `\x1b]7717;${JSON.stringify(marker)}\x1b\\`
}
