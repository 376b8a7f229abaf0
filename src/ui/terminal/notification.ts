import type { NotificationSettings } from '../../core/room-settings.ts'

/** The sequence that asks a terminal for a desktop notification. */
export type DesktopWay = 'osc9' | 'osc777' | 'off'

/** What the operator is told, and how. */
export interface Notice {
  readonly bell: boolean
  readonly desktop: DesktopWay
  readonly text: string
}

interface KnownTerminal {
  readonly variable: string
  readonly value: RegExp
  readonly way: DesktopWay
}

/** By what terminals say of themselves, the innermost first: tmux drops both sequences, and hides the terminal around it. */
const TERMINALS: readonly KnownTerminal[] = [
  { variable: 'TMUX', value: /./, way: 'off' },
  { variable: 'TERM', value: /^(?:tmux|screen)/, way: 'off' },
  { variable: 'TERM_PROGRAM', value: /^(?:iTerm\.app|WezTerm|ghostty|WarpTerminal|zed)$/i, way: 'osc9' },
  { variable: 'LC_TERMINAL', value: /^iTerm2$/, way: 'osc9' },
  { variable: 'TERM', value: /^xterm-(?:kitty|ghostty)$/, way: 'osc9' },
  { variable: 'KITTY_WINDOW_ID', value: /./, way: 'osc9' },
  { variable: 'TERM_PROGRAM', value: /^contour$/i, way: 'osc777' },
  { variable: 'TERM', value: /^(?:rxvt-unicode|foot|contour)/, way: 'osc777' },
  { variable: 'KONSOLE_VERSION', value: /./, way: 'osc777' },
  // Older ones print what they do not understand.
  { variable: 'VTE_VERSION', value: /^(?:4[6-9]\d\d|[5-9]\d{3})$/, way: 'osc777' },
]

/** How this terminal is asked; unless the operator says so, only one that is known to understand it is. */
export function desktopWay(
  setting: NotificationSettings['desktop'],
  env: Readonly<Record<string, string | undefined>>,
): DesktopWay {
  if (setting !== 'auto') return setting
  return TERMINALS.find(({ variable, value }) => value.test(env[variable] ?? ''))?.way ?? 'off'
}

/** The bytes of a notice, as text. Nothing of its words can end the sequence or be read as a command. */
export function noticeSequence({ bell, desktop, text }: Notice): string {
  const words = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').replaceAll(';', ',')
  return `${DESKTOP[desktop](words)}${bell ? '\x07' : ''}`
}

const DESKTOP: Readonly<Record<DesktopWay, (words: string) => string>> = {
  // The name comes first because some terminals read a digit there as a command of their own.
  osc9: (words) => `\x1b]9;signalbox: ${words}\x1b\\`,
  osc777: (words) => `\x1b]777;notify;signalbox;${words}\x1b\\`,
  off: () => '',
}
