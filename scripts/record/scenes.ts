import type { TerminalSize } from '../../test/oracle/our-screen.ts'
import type { Recorder } from './recorder.ts'

/** What the operator does and the screen must show, one after the other. */
export type Step =
  | { readonly type: string }
  | { readonly until: RegExp }
  | { readonly mark: string }
  | { readonly resize: TerminalSize }

const MARKDOWN = [
  '# What I found',
  'The parser reads its input **twice**, and `parse()` throws away the first answer.',
  '- one: naïve café, 漢字 and かな',
  '- two: ✅ done, 🚀 shipped, ⚠️ careful, 👍🏽 thanks',
  '| file | lines |',
  '|---|---|',
  '| `src/parser.ts` | 204 |',
  '```ts',
  'const answer = parse(input) // twice',
  '```',
  'All of it is covered now.',
].join('\\n')

/** Types a prompt and, once the agent shows it, sends it: one that still starts would take the Return for a line break. */
const ask = (prompt: string): readonly Step[] => [
  { type: prompt },
  { until: new RegExp(prompt.slice(0, 8)) },
  { mark: `typed ${prompt.slice(0, 4)}` },
  { type: '\r' },
]

const busy: Step = { until: /esc (?:to )?interrupt/ }

/** The agent's turn is over: it offers nothing to interrupt. */
const idle: Step = { until: /^(?![\s\S]*esc (?:to )?interrupt)/ }

const WHEEL_UP = '\x1b[<64;20;10M'
const WHEEL_DOWN = '\x1b[<65;20;10M'

/** A question whose second option is chosen, once it is shown as it should be. */
const question = (shown: RegExp): readonly Step[] => [
  ...ask('ASK Which colour? | Red: the loud one | Blue: the calm one'),
  { until: shown },
  { mark: 'question' },
  { type: '\x1b[B' },
  { mark: 'second option' },
  { type: '\r' },
  { until: /done: [\s\S]*Blue/ },
  idle,
  { mark: 'answered' },
]

const other = ({ cols, rows }: TerminalSize): TerminalSize => ({ cols: cols - 12, rows: rows - 5 })

const wheelAndResize = (size: TerminalSize): readonly Step[] => [
  { type: WHEEL_UP.repeat(4) },
  { mark: 'scrolled up' },
  { type: WHEEL_DOWN.repeat(4) },
  { mark: 'scrolled down' },
  { resize: other(size) },
  { resize: size },
]

const claudeTurns: readonly Step[] = [
  { until: /\n❯/ },
  { mark: 'ready' },
  ...ask(`STREAM 3 ${MARKDOWN}`),
  busy,
  idle,
  { mark: 'streamed' },
  ...ask('RUN touch made.txt'),
  { until: /Do you want to proceed\?[\s\S]*1\. Yes/ },
  { mark: 'permission' },
  { type: '\r' },
  { until: /● done/ },
  idle,
  { mark: 'tool ran' },
  ...question(/Enter to select/),
]

/** Claude Code as it draws by default, on the main screen. */
export const claudeInline = (size: TerminalSize): readonly Step[] => [
  ...claudeTurns,
  { resize: other(size) },
  { resize: size },
  ...ask('STREAM 1 one\\n\\ntwo ;; LONG 60'),
  busy,
  idle,
  { mark: 'scrolled' },
]

/** Claude Code on the alternate screen, where it scrolls by itself. */
export const claudeFullscreen = (size: TerminalSize): readonly Step[] => [...claudeTurns, ...wheelAndResize(size)]

/** Opencode's own screen, attached to a server. */
export const opencode = (size: TerminalSize): readonly Step[] => [
  { until: /ctrl\+p commands/ },
  { mark: 'ready' },
  ...ask(`STREAM 3 ${MARKDOWN}`),
  busy,
  idle,
  { mark: 'streamed' },
  ...ask('RUN touch made.txt'),
  { until: /Permission required[\s\S]*Allow once/ },
  { mark: 'permission' },
  { type: '\r' },
  { until: /done: / },
  idle,
  { mark: 'tool ran' },
  ...question(/enter (submit|confirm)/),
  ...wheelAndResize(size),
]

/** Plays the steps. Rejects with the screen when one does not come true. */
export async function play(recorder: Recorder, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if ('type' in step) recorder.type(step.type)
    else if ('until' in step) await recorder.until(step.until)
    else if ('mark' in step) await recorder.mark(step.mark)
    else await recorder.resize(step.resize)
  }
}
