/** Variables that npm, Node or signalbox added, and those that name the outer terminal: agents must see none of them. */
const SCRUBBED_PREFIXES = [
  'npm_',
  'NODE_',
  'SIGNALBOX_',
  'KITTY_',
  'ITERM_',
  'WEZTERM_',
  'GHOSTTY_',
  'ALACRITTY_',
  'VITEST',
]
const SCRUBBED: ReadonlySet<string> = new Set([
  ...['FORCE_COLOR', 'NO_COLOR', 'COLORTERM', 'COLUMNS', 'LINES', 'INIT_CWD', 'TERM_PROGRAM', 'TERM_PROGRAM_VERSION'],
  ...['TMUX', 'TMUX_PANE', 'STY', 'WINDOWID', 'VTE_VERSION', 'WT_SESSION', 'TERM_SESSION_ID', '_'],
  ...[
    'CLAUDECODE',
    'CLAUDE_CODE_ENTRYPOINT',
    'CLAUDE_CODE_SSE_PORT',
    'CLAUDE_CODE_SESSION_ID',
    'CLAUDE_CODE_CHILD_SESSION',
  ],
  ...['OPENCODE', 'OPENCODE_PID', 'OPENCODE_SERVER_PASSWORD', 'OPENCODE_SERVER_USERNAME'],
])

type Environment = Readonly<Record<string, string>>

/** The operator's environment as agents get it; PATH loses only what `npm run` put in front of it. */
export function agentEnvironment(outer: Readonly<Record<string, string | undefined>>): Environment {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(outer)) {
    if (value !== undefined && !isScrubbed(name)) kept[name] = value
  }
  const isUnderNpm = outer['npm_lifecycle_event'] !== undefined
  const path = kept['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'
  return { ...kept, PATH: isUnderNpm ? withoutNpmPaths(path) : path, TERM: 'xterm-256color', COLORTERM: 'truecolor' }
}

function isScrubbed(name: string): boolean {
  return SCRUBBED.has(name) || SCRUBBED_PREFIXES.some((prefix) => name.startsWith(prefix))
}

function withoutNpmPaths(path: string): string {
  const parts = path.split(':')
  const first = parts.findIndex((part) => !part.endsWith('/node_modules/.bin') && !part.endsWith('/node-gyp-bin'))
  return parts.slice(Math.max(0, first)).join(':')
}
