import type { IFunctionIdentifier, Terminal } from '@xterm/headless'
import { adjustParameter } from './xterm-internals.ts'

/** What a sequence does as often as it says. */
interface Counted {
  readonly id: IFunctionIdentifier
  /** As often as this does all there is to do. */
  readonly most: (terminal: Terminal) => number
}

const rows = (terminal: Terminal): number => terminal.rows
const cols = (terminal: Terminal): number => terminal.cols
const cells = (terminal: Terminal): number => terminal.rows * terminal.cols

const COUNTED: readonly Counted[] = [
  // Insert and delete lines, scroll up and down.
  ...['L', 'M', 'S', 'T'].map((final) => ({ id: { final }, most: rows })),
  // Insert, delete and erase characters, go on and back by tab stops.
  ...['@', 'P', 'X', 'I', 'Z'].map((final) => ({ id: { final }, most: cols })),
  // Scroll left and right, insert and delete columns.
  ...['@', 'A'].map((final) => ({ id: { intermediates: ' ', final }, most: cols })),
  ...['}', '~'].map((final) => ({ id: { intermediates: "'", final }, most: cols })),
  // Repeat the character before.
  { id: { final: 'b' }, most: cells },
]

/**
 * Limits how often a sequence does its work. The emulator takes numbers up to 2³¹ at their word and counts them down: ten bytes of a
 * program would keep the host, and with it every session, for minutes.
 */
export function limitCounts(terminal: Terminal): void {
  for (const { id, most } of COUNTED) {
    adjustParameter(terminal, id, (count) => Math.min(count, most(terminal)))
  }
}
