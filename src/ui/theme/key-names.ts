const NAMES: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  space: 'Space',
  backspace: 'Backspace',
  delete: 'Del',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
}

const MODIFIERS: Readonly<Record<string, string>> = { ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift' }

/** A key of the command table as it is shown to the operator: `ctrl+]` → `Ctrl+]`, `pageup` → `PgUp`. */
export function keyName(key: string): string {
  const parts = key.split('+')
  const last = key.endsWith('+') ? '+' : (parts.at(-1) ?? key)
  const modifiers = parts.slice(0, -1).filter((part) => part !== '')
  return [...modifiers.map((part) => MODIFIERS[part] ?? part), NAMES[last] ?? last].join('+')
}
