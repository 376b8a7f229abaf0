/** What a file that starts the host at login has to say. */
export interface LoginUnit {
  /** Program and arguments; absolute. */
  readonly command: readonly string[]
  /** Variables that the host and its agents need, and that a login manager does not give. */
  readonly env: Readonly<Record<string, string>>
}

/** A file for the login manager of this system, as text. Nothing is installed: its first lines say how to. */
export function loginUnit(platform: NodeJS.Platform, unit: LoginUnit): string {
  return platform === 'darwin' ? launchAgent(unit) : systemdUnit(unit)
}

/** https://www.freedesktop.org/software/systemd/man/systemd.service.html */
function systemdUnit({ command, env }: LoginUnit): string {
  const variables = Object.entries(env).map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}`)
  return [
    '# Starts the host when you log in, and brings the sessions back that ran when the machine went down.',
    '#   signalbox host unit > ~/.config/systemd/user/signalbox.service',
    '#   systemctl --user enable --now signalbox',
    '# With `loginctl enable-linger` it also starts without a login, and outlives the last one.',
    '[Unit]',
    'Description=signalbox host',
    '',
    '[Service]',
    // In a command line, unlike in a variable, a dollar sign begins a reference.
    `ExecStart=${command.map((word) => systemdWord(word.replaceAll('$', '$$$$'))).join(' ')}`,
    ...variables,
    'Restart=on-failure',
    '# The host ends its agents by itself; when it dies, the opencode server goes on until the next one takes it over.',
    'KillMode=process',
    'TimeoutStopSec=30',
    '',
    '[Install]',
    'WantedBy=default.target',
  ].join('\n')
}

function systemdWord(word: string): string {
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`
}

/** https://developer.apple.com/library/archive/documentation/MacOSX/Conceptual/BPSystemStartup/Chapters/CreatingLaunchdJobs.html */
function launchAgent({ command, env }: LoginUnit): string {
  const words = command.map((word) => `    <string>${xml(word)}</string>`)
  const variables = Object.entries(env).map(
    ([name, value]) => `    <key>${xml(name)}</key><string>${xml(value)}</string>`,
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!-- Starts the host when you log in, and brings the sessions back that ran when the machine went down.',
    '     signalbox host unit > ~/Library/LaunchAgents/signalbox.host.plist',
    '     launchctl load -w ~/Library/LaunchAgents/signalbox.host.plist -->',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0"><dict>',
    '  <key>Label</key><string>signalbox.host</string>',
    '  <key>ProgramArguments</key><array>',
    ...words,
    '  </array>',
    '  <key>EnvironmentVariables</key><dict>',
    ...variables,
    '  </dict>',
    '  <key>RunAtLoad</key><true/>',
    '  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>',
    '  <key>ExitTimeOut</key><integer>30</integer>',
    '</dict></plist>',
  ].join('\n')
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
