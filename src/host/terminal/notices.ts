import type { Terminal } from '@xterm/headless'
import { shortLine } from '../../core/plain-text.ts'

/** Progress as a program reports it (the convention of ConEmu, spoken by agents). */
export interface Progress {
  readonly state: 'none' | 'normal' | 'error' | 'indeterminate' | 'paused'
  /** Percent, 0–100. */
  readonly percent: number
}

/** What a program may tell the outside besides its screen; all text is made safe to show. */
export interface Notices {
  readonly onTitle?: (title: string) => void
  readonly onBell?: () => void
  /** A desktop notification the program asked for. */
  readonly onNotify?: (text: string) => void
  readonly onProgress?: (progress: Progress) => void
}

/** Longest title or notification that leaves the host, in characters. */
const LONGEST_NOTICE = 200

const PROGRESS_STATES: readonly Progress['state'][] = ['none', 'normal', 'error', 'indeterminate', 'paused']

function parseProgress(data: string): Progress | undefined {
  const [, state, percent] = data.split(';')
  const known = PROGRESS_STATES[Number(state)]
  if (state === undefined || known === undefined) return undefined
  return { state: known, percent: Math.min(100, Math.max(0, Math.trunc(Number(percent)) || 0)) }
}

/**
 * Listens for titles, the bell, notifications and progress. Commands that reach for the operator's machine (clipboard,
 * hyperlinks, working directory) end here: nothing of them is kept or passed on.
 */
export function registerNotices(terminal: Terminal, notices: Notices): void {
  const notify = (text: string): void => {
    const safe = shortLine(text, LONGEST_NOTICE)
    if (safe !== '') notices.onNotify?.(safe)
  }
  let title = ''
  terminal.onTitleChange((raw) => {
    const next = shortLine(raw, LONGEST_NOTICE)
    if (next === title) return
    title = next
    notices.onTitle?.(next)
  })
  terminal.onBell(() => notices.onBell?.())
  const { parser } = terminal
  parser.registerOscHandler(9, (data) => {
    if (!data.startsWith('4;')) notify(data)
    const progress = data.startsWith('4;') ? parseProgress(data) : undefined
    if (progress) notices.onProgress?.(progress)
    return true
  })
  parser.registerOscHandler(777, (data) => {
    const [kind, ...parts] = data.split(';')
    if (kind === 'notify') notify(parts.join(': '))
    return true
  })
  // Hyperlinks would be remembered for as long as their line is; cells have no place for them.
  parser.registerOscHandler(8, () => true)
  parser.registerOscHandler(52, () => true)
}
