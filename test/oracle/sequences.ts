import type { Random } from '../../bench/random.ts'
import { headWithin } from '../../src/core/widths.ts'
import type { TerminalSize } from './our-screen.ts'

/** One piece of a generated program's output, and the name of what it tries. */
export interface Piece {
  readonly name: string
  readonly bytes: string
}

/** Makes the parameters of a sequence. */
interface Draw {
  readonly size: TerminalSize
  /** A whole number from 1 to `most`. */
  readonly upTo: (most: number) => number
  readonly pick: <Value>(values: readonly Value[]) => Value
}

/**
 * Programs with styles print no wide characters and the other way round: what is left of a wide character that is cut in two is a
 * blank everywhere, but in a style of each terminal's own choice.
 */
type Flavour = 'styled' | 'wide'

interface Kind {
  readonly name: string
  /** How often it comes, beside the others. */
  readonly weight: number
  /** Absent: in every flavour. */
  readonly only?: Flavour
  readonly write: (draw: Draw) => string
}

const CSI = '\x1b['
const ALTERNATE = `${CSI}?1049h`
const WORDS = ['the', 'box', 'signal', 'of', 'trains', 'a', 'x', 'Working…', '─────', '│', '●', 'naïve', '✻', '⠋', '❯']
const WIDE = ['漢', '字', '한', 'あ', '！', '🚀', '✅', '漢字かな', 'a漢b']
const COMBINED = ['e\u0301', 'o\u0308', 'n\u0303', 'e\u0301\u0323', 'x\u0336']
const SIMPLE_STYLES = [
  '0',
  '',
  '1',
  '2',
  '3',
  '4',
  '5',
  '7',
  '8',
  '9',
  '53',
  '22',
  '23',
  '24',
  '25',
  '27',
  '28',
  '29',
  '55',
]

const count = (draw: Draw, most: number): string => draw.pick(['', '0', String(draw.upTo(most))])
const column = ({ size, upTo }: Draw): number => upTo(size.cols + 1)
const row = ({ size, upTo }: Draw): number => upTo(size.rows + 1)

function colour(draw: Draw, base: 30 | 40): string {
  const level = () => draw.pick([0, 95, 128, 215, 255])
  return draw.pick([
    () => String(base + draw.upTo(8) - 1),
    () => String(base + 60 + draw.upTo(8) - 1),
    () => String(base + 9),
    () => `${base + 8};5;${draw.upTo(256) - 1}`,
    () => `${base + 8};2;${level()};${level()};${level()}`,
  ])()
}

/** Moving by so many rows or columns and coming back leaves "the next character wraps" to each terminal's own idea: see `settled`. */
const settled = (draw: Draw, sequence: string): string => `${CSI}${draw.upTo(draw.size.cols)}G${sequence}`

const words = ({ pick, upTo }: Draw): string => Array.from({ length: upTo(6) }, () => pick(WORDS)).join(' ')
const wide = ({ pick, upTo }: Draw): string => Array.from({ length: upTo(6) }, () => pick(WIDE)).join('')

/** Text that may wrap. On the default background, for the colour of a row that scrolls in by wrapping differs. */
const free = (...texts: readonly string[]): string => `${CSI}49m${texts.join('')}`

/** What a program may print, as far as both terminals are meant to do the same. What else there is has its own example. */
export const KINDS: readonly Kind[] = [
  { name: 'text', weight: 10, write: (draw) => free(draw.pick(WORDS), words(draw)) },
  { name: 'text in a row', weight: 10, write: (draw) => `\r${headWithin(words(draw), draw.size.cols)}` },
  { name: 'full row', weight: 3, write: ({ size, pick }) => `\r${pick(['x', '─', '=']).repeat(size.cols)}` },
  {
    name: 'wide text',
    weight: 12,
    only: 'wide',
    write: ({ pick, upTo }) => `\r${CSI}J${free(pick(WIDE).repeat(upTo(3)))}`,
  },
  {
    name: 'wide text in a row',
    weight: 12,
    only: 'wide',
    write: (draw) => `\r${headWithin(wide(draw), draw.size.cols)}`,
  },
  { name: 'combining text', weight: 4, write: ({ pick }) => free(pick(COMBINED), pick(['', 'y'])) },
  { name: 'CR', weight: 3, write: () => '\r' },
  { name: 'LF', weight: 3, write: (draw) => settled(draw, draw.pick(['\n', '\v', '\f'])) },
  { name: 'CR LF', weight: 8, write: ({ upTo }) => '\r\n'.repeat(upTo(3)) },
  { name: 'BS', weight: 3, write: (draw) => `${CSI}${3 + draw.upTo(draw.size.cols - 3)}G${'\b'.repeat(draw.upTo(3))}` },
  { name: 'HT', weight: 4, write: (draw) => settled(draw, '\t'.repeat(draw.upTo(3))) },
  { name: 'HTS', weight: 2, write: (draw) => settled(draw, '\x1bH') },
  { name: 'TBC', weight: 1, write: (draw) => settled(draw, `${CSI}${draw.pick(['', '0', '3'])}g`) },
  { name: 'CBT', weight: 2, write: (draw) => settled(draw, `${CSI}${count(draw, 3)}Z`) },
  {
    name: 'SGR attributes',
    weight: 8,
    only: 'styled',
    write: ({ pick }) => `${CSI}${pick(SIMPLE_STYLES)};${pick(SIMPLE_STYLES)}m`,
  },
  { name: 'SGR colours', weight: 8, only: 'styled', write: (draw) => `${CSI}${colour(draw, 30)};${colour(draw, 40)}m` },
  {
    name: 'SGR underline style',
    weight: 1,
    only: 'styled',
    write: ({ pick }) => `${CSI}${pick(['4:0', '4:1', '4:2', '4:3', '24', '21'])}m`,
  },
  { name: 'CUP', weight: 8, write: (draw) => `${CSI}${row(draw)};${column(draw)}${draw.pick(['H', 'f'])}` },
  { name: 'CUP home', weight: 2, write: () => `${CSI}H` },
  { name: 'CHA', weight: 3, write: (draw) => `${CSI}${column(draw)}${draw.pick(['G', '`'])}` },
  { name: 'VPA', weight: 3, write: (draw) => settled(draw, `${CSI}${row(draw)}d`) },
  { name: 'CUU', weight: 3, write: (draw) => settled(draw, `${CSI}${count(draw, draw.size.rows)}A`) },
  { name: 'CUD', weight: 3, write: (draw) => settled(draw, `${CSI}${count(draw, draw.size.rows)}B`) },
  { name: 'CUF', weight: 3, write: (draw) => settled(draw, `${CSI}${count(draw, draw.size.cols)}C`) },
  { name: 'CUB', weight: 3, write: (draw) => settled(draw, `${CSI}${count(draw, draw.size.cols)}D`) },
  { name: 'CNL', weight: 2, write: (draw) => `${CSI}${count(draw, 4)}E` },
  { name: 'CPL', weight: 2, write: (draw) => `${CSI}${count(draw, 4)}F` },
  { name: 'ED', weight: 4, only: 'styled', write: (draw) => settled(draw, `${CSI}${draw.pick(['', '0', '1', '2'])}J`) },
  { name: 'EL', weight: 6, only: 'styled', write: (draw) => settled(draw, `${CSI}${draw.pick(['', '0', '1', '2'])}K`) },
  { name: 'ED from the left', weight: 4, only: 'wide', write: ({ pick }) => `\r${CSI}${pick(['', '0', '2'])}J` },
  { name: 'EL from the left', weight: 6, only: 'wide', write: ({ pick }) => `\r${CSI}${pick(['', '0', '2'])}K` },
  { name: 'ECH', weight: 3, only: 'styled', write: (draw) => settled(draw, `${CSI}${count(draw, draw.size.cols)}X`) },
  {
    name: 'ICH',
    weight: 3,
    only: 'styled',
    write: (draw) => `${CSI}${draw.upTo(draw.size.cols >> 1)}G${CSI}${count(draw, draw.size.cols >> 2)}@`,
  },
  { name: 'DCH', weight: 3, only: 'styled', write: (draw) => settled(draw, `${CSI}${count(draw, draw.size.cols)}P`) },
  { name: 'IL', weight: 3, write: (draw) => inRegion(draw, `${CSI}${count(draw, 4)}L\r`) },
  { name: 'DL', weight: 3, write: (draw) => inRegion(draw, `${CSI}${count(draw, 4)}M\r`) },
  { name: 'SU', weight: 3, write: (draw) => settled(draw, `${CSI}${count(draw, 4)}S`) },
  { name: 'SD', weight: 3, write: (draw) => `${CSI}49m${settled(draw, `${CSI}${count(draw, 4)}T`)}` },
  { name: 'IND', weight: 3, write: (draw) => settled(draw, '\x1bD') },
  { name: 'NEL', weight: 2, write: () => '\x1bE' },
  { name: 'RI', weight: 4, write: (draw) => settled(draw, '\x1bM') },
  { name: 'DECSTBM', weight: 3, write: scrollRegion },
  { name: 'DECSTBM off', weight: 2, write: () => `${CSI}r` },
  {
    name: 'DECOM',
    weight: 2,
    write: (draw) => `${scrollRegion(draw)}${CSI}?6h${CSI}${row(draw)};${column(draw)}Hx${CSI}?6l`,
  },
  { name: 'DECAWM', weight: 2, write: (draw) => `\r${CSI}?7l${'x'.repeat(draw.upTo(draw.size.cols + 3))}${CSI}?7h\r` },
  {
    name: 'IRM',
    weight: 2,
    only: 'styled',
    write: (draw) => `\r${CSI}Kabc d\r${CSI}4h${draw.pick(['x', 'yz'])}${CSI}4l`,
  },
  { name: 'DECSC', weight: 2, write: (draw) => settled(draw, draw.pick(['\x1b7', `${CSI}s`])) },
  { name: 'DECRC', weight: 2, write: ({ pick }) => pick(['\x1b8', `${CSI}u`]) },
  { name: 'DECALN', weight: 0.3, write: () => `${CSI}r${CSI}m\x1b#8` },
  { name: 'REP', weight: 1, write: (draw) => `\r${draw.pick(['x', '='])}${CSI}${draw.upTo(draw.size.cols - 2)}b` },
  { name: 'G0 line drawing', weight: 1, write: ({ upTo }) => `\r\x1b(0${'lqkxm~'.slice(0, upTo(6))}\x1b(B` },
  { name: 'G1 line drawing', weight: 1, write: ({ upTo }) => `\r\x1b)0\x0e${'tqun'.slice(0, upTo(4))}\x0f` },
  {
    name: 'alternate screen and back',
    weight: 1,
    write: (draw) => `${CSI}49m${settled(draw, `${ALTERNATE}${words(draw)}${CSI}?1049l`)}\x1b7`,
  },
  {
    name: 'cursor mode',
    weight: 1,
    write: ({ pick }) => pick([`${CSI}?25l`, `${CSI}?25h`, `${CSI}3 q`, `${CSI}?12l`]),
  },
  {
    name: 'modes',
    weight: 1,
    write: ({ pick }) => `${CSI}?${pick(['1', '1000', '1006', '2004', '1004', '2026'])}${pick(['h', 'l'])}`,
  },
  {
    name: 'strings',
    weight: 1,
    write: ({ pick }) => pick(['\x1b]0;t\x07', '\x1b]8;;http://a/\x1b\\', '\x1bPq#0\x1b\\', '\x1b_x\x1b\\']),
  },
  {
    name: 'queries',
    weight: 1,
    write: ({ pick }) => pick([`${CSI}c`, `${CSI}6n`, `${CSI}>q`, '\x1b]11;?\x07', `${CSI}?u`]),
  },
]

function scrollRegion(draw: Draw): string {
  const top = draw.upTo(draw.size.rows - 1)
  return `${CSI}${top};${top + draw.upTo(draw.size.rows - top)}r`
}

/** Lines are inserted and deleted only inside of a region: what happens outside of one differs. */
function inRegion(draw: Draw, sequence: string): string {
  const top = draw.upTo(draw.size.rows - 1)
  const bottom = top + draw.upTo(draw.size.rows - top)
  const row = top + draw.upTo(bottom - top + 1) - 1
  return `${CSI}?6l${CSI}${top};${bottom}r${CSI}${row};${draw.upTo(draw.size.cols)}H${sequence}`
}

/** So many pieces of output for a terminal of this size; the same ones for the same numbers. A third of them on the other screen. */
export function generate(random: Random, size: TerminalSize, length: number): readonly Piece[] {
  const draw: Draw = { size, pick: random.pick, upTo: (most) => 1 + Math.floor(random.between(0, most)) }
  const isAlternate = draw.upTo(3) === 1
  const flavour = draw.pick<Flavour>(['styled', 'styled', 'wide'])
  const kinds = KINDS.filter(
    ({ name, only = flavour }) => only === flavour && !(isAlternate && name.startsWith('alternate')),
  )
  const pieces = Array.from({ length }, () => {
    const kind = pickKind(kinds, random)
    return { name: kind.name, bytes: kind.write(draw) }
  })
  return isAlternate ? [{ name: 'alternate screen', bytes: ALTERNATE }, ...pieces] : pieces
}

function pickKind(kinds: readonly Kind[], random: Random): Kind {
  let left = random.between(
    0,
    kinds.reduce((sum, { weight }) => sum + weight, 0),
  )
  for (const kind of kinds) {
    left -= kind.weight
    if (left < 0) return kind
  }
  return random.pick(kinds)
}
