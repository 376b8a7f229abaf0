import type { IFunctionIdentifier, Terminal } from '@xterm/headless'
import type { KeyboardFlags } from './keyboard.ts'
import { indexedColour, isDark, type Palette, x11Colour } from './palette.ts'

/** What the answers are made from. */
export interface QueryContext {
  readonly terminal: Terminal
  readonly keyboard: KeyboardFlags
  readonly version: string
  palette(): Palette
}

/** The answer to one question, or nothing when the emulator (or nobody) answers it. */
type Answer<Input> = (input: Input, context: QueryContext) => string | undefined

interface CsiQuery extends IFunctionIdentifier {
  readonly answer: Answer<readonly number[]>
}

const ESC = '\x1b'
const ST = `${ESC}\\`

/** Size of one cell in pixels, for programs that ask in pixels. */
const CELL_PIXELS = { width: 10, height: 20 } as const

/**
 * Questions the emulator leaves open, by control sequence. An answer of `undefined` passes the sequence on to the
 * emulator, which knows device attributes, cursor position, status and private modes itself.
 */
const CSI_QUERIES: readonly CsiQuery[] = [
  {
    prefix: '>',
    final: 'q',
    answer: ([kind = 0], { version }) => (kind === 0 ? `${ESC}P>|signalbox(${version})${ST}` : undefined),
  },
  { prefix: '?', final: 'u', answer: (_, { keyboard }) => `${ESC}[?${keyboard.current}u` },
  { prefix: '?', final: 'n', answer: ([kind], { palette }) => (kind === 996 ? colourScheme(palette()) : undefined) },
  { final: 't', answer: ([kind], { terminal }) => windowReport(kind, terminal) },
]

function colourScheme(palette: Palette): string {
  return `${ESC}[?997;${isDark(palette) ? 1 : 2}n`
}

function windowReport(kind: number | undefined, { cols, rows }: Terminal): string | undefined {
  if (kind === 14) return `${ESC}[4;${rows * CELL_PIXELS.height};${cols * CELL_PIXELS.width}t`
  if (kind === 16) return `${ESC}[6;${CELL_PIXELS.height};${CELL_PIXELS.width}t`
  if (kind === 18) return `${ESC}[8;${rows};${cols}t`
  return undefined
}

/** Colours by the number of their operating system command; a question that goes on asks for the next number. */
const COLOUR_COMMANDS: Readonly<Record<number, (palette: Palette) => string>> = {
  10: (palette) => palette.foreground,
  11: (palette) => palette.background,
  12: (palette) => palette.cursor ?? palette.foreground,
}

function dynamicColours(command: number, data: string, palette: Palette): string {
  const answers = data.split(';').map((part, index) => {
    const colour = COLOUR_COMMANDS[command + index]
    return part === '?' && colour ? `${ESC}]${command + index};${x11Colour(colour(palette))}${ST}` : ''
  })
  return answers.join('')
}

/** Answers at most this many indexed colours to one question: the whole palette once. */
const MAX_INDEXED = 256

function indexedColours(data: string, palette: Palette): string {
  const parts = data.split(';')
  const answers: string[] = []
  for (let at = 0; at + 1 < parts.length && answers.length < MAX_INDEXED; at += 2) {
    const colour = parts[at + 1] === '?' ? indexedColour(palette, Number(parts[at])) : undefined
    if (colour) answers.push(`${ESC}]4;${Number(parts[at])};${x11Colour(colour)}${ST}`)
  }
  return answers.join('')
}

/** Operating system commands that ask for colours; setting colours is swallowed, a session cannot recolour the room. */
const OSC_QUERIES: Readonly<Record<number, Answer<string>>> = {
  4: (data, { palette }) => indexedColours(data, palette()),
  10: (data, { palette }) => dynamicColours(10, data, palette()),
  11: (data, { palette }) => dynamicColours(11, data, palette()),
  12: (data, { palette }) => dynamicColours(12, data, palette()),
}

/** Questions in device control strings: termcap names, of which we tell none. */
const TERMCAP_QUERY: IFunctionIdentifier = { intermediates: '+', final: 'q' }
const TERMCAP_ANSWER = `${ESC}P0+r${ST}`

/** Registers every answer on the terminal; `reply` gets them in the order of the questions. */
export function registerQueries(context: QueryContext, reply: (answer: string) => void): void {
  const { parser } = context.terminal
  for (const { answer, ...identifier } of CSI_QUERIES) {
    parser.registerCsiHandler(identifier, (params) => {
      const text = answer(firstParameters(params), context)
      if (text === undefined) return false
      reply(text)
      return true
    })
  }
  for (const [command, answer] of Object.entries(OSC_QUERIES)) {
    parser.registerOscHandler(Number(command), (data) => {
      const text = answer(data, context)
      if (text) reply(text)
      return true
    })
  }
  parser.registerDcsHandler(TERMCAP_QUERY, () => {
    reply(TERMCAP_ANSWER)
    return true
  })
  registerKeyboard(context)
}

function registerKeyboard({ terminal, keyboard }: QueryContext): void {
  const { parser } = terminal
  parser.registerCsiHandler({ prefix: '>', final: 'u' }, (params) => {
    keyboard.push(firstParameters(params)[0] ?? 0)
    return true
  })
  parser.registerCsiHandler({ prefix: '<', final: 'u' }, (params) => {
    keyboard.pop(firstParameters(params)[0] ?? 1)
    return true
  })
  parser.registerCsiHandler({ prefix: '=', final: 'u' }, (params) => {
    const [flags = 0, mode = 1] = firstParameters(params)
    keyboard.set(flags, mode)
    return true
  })
}

/** The main parameters, without sub-parameters. */
function firstParameters(params: readonly (number | number[])[]): readonly number[] {
  return params.filter((value) => typeof value === 'number')
}
