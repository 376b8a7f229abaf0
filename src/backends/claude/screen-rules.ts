import type { NeedKind } from '../../core/need.ts'

/** A dialog that is known by its words alone; what it finds is labelled a guess (`screen`). */
export interface ScreenRule {
  readonly kind: Extract<NeedKind, 'question' | 'login'>
  readonly title: string
  readonly pattern: RegExp
}

/** Dialogs that come before the first prompt, when neither hooks nor a status are there yet. */
export const START_DIALOGS: readonly ScreenRule[] = [
  { kind: 'question', title: 'Trust this folder?', pattern: /Quick safety check|Do you trust the files/ },
  { kind: 'login', title: 'Log in', pattern: /Select login method|Paste code here|Browser didn.t open/ },
  { kind: 'login', title: 'First start', pattern: /Choose the text style|Let.s get started/ },
  { kind: 'login', title: 'Use this API key?', pattern: /Detected a custom API key/ },
  { kind: 'login', title: 'No connection', pattern: /Unable to connect to/ },
  { kind: 'question', title: 'Bypass permissions?', pattern: /Bypass Permissions mode/ },
  { kind: 'question', title: 'Use this MCP server?', pattern: /New MCP server|MCP servers? found in/ },
]

/** The dialog on the screen, if it is one of the known ones. */
export function startDialog(lines: readonly string[]): ScreenRule | undefined {
  const text = lines.join('\n')
  return START_DIALOGS.find((rule) => rule.pattern.test(text))
}

const RULE_LINE = /^[─━]{10}/
const PROMPT_LINE = /^❯(?:\s|$)/
const TALLEST_PROMPT = 60

/** The text in the prompt box: `❯` at the left edge between two rules. Undefined when there is none (a dialog, another mode). */
export function promptOn(lines: readonly string[]): string | undefined {
  for (let top = lines.length - 2; top >= 0; top -= 1) {
    const first = lines[top + 1] ?? ''
    if (!RULE_LINE.test(lines[top] ?? '') || !PROMPT_LINE.test(first)) continue
    const length = lines.slice(top + 2, top + 2 + TALLEST_PROMPT).findIndex((line) => RULE_LINE.test(line))
    if (length < 0) continue
    return [first.slice(1), ...lines.slice(top + 2, top + 2 + length)].join('\n').trim()
  }
  return undefined
}

/** What stands in the prompt box for a text that is too long to be shown. */
export const PASTE_MARK = /^\[Pasted text #\d+[^\]]*\]$/

const DIALOG_LINES = 18

/** The lower part of the screen, which is where dialogs are. */
export function bottomLines(lines: readonly string[]): string {
  const filled = lines.filter((line) => line.trim() !== '' && !RULE_LINE.test(line) && !/^[╌┄]+$/.test(line.trim()))
  return filled.slice(-DIALOG_LINES).join('\n')
}
