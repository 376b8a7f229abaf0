/** Modifiers in the order in which a key names them. */
const MODIFIERS = ['ctrl', 'alt', 'shift'] as const

type Modifier = (typeof MODIFIERS)[number]

const NAMES: ReadonlySet<string> = new Set([
  ...['enter', 'escape', 'tab', 'space', 'backspace', 'delete', 'insert', 'begin'],
  ...['up', 'down', 'left', 'right', 'home', 'end', 'pageup', 'pagedown'],
  ...Array.from({ length: 35 }, (_, index) => `f${index + 1}`),
])

/** What the room and keyboards call these keys. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  esc: 'escape',
  return: 'enter',
  del: 'delete',
  ins: 'insert',
  pgup: 'pageup',
  pgdn: 'pagedown',
}

/** Terminals send the same byte for both, and the room hears the second. */
const SAME_BYTE: Readonly<Record<string, string>> = {
  'ctrl+i': 'tab',
  'ctrl+m': 'enter',
  'ctrl+[': 'escape',
  'ctrl+h': 'backspace',
  'ctrl+?': 'backspace',
  'ctrl+@': 'ctrl+space',
}

/** A key in the one notation of the keymap, or why a text is none. */
export type ReadKey = { readonly key: string } | { readonly problem: string }

/** Reads a key as an operator writes it: `ctrl+]`, `Shift+Tab`, `alt+x`, `N`, `PgUp`. */
export function readKey(text: string): ReadKey {
  const { modifiers, rest } = withoutModifiers(text)
  const name = nameOf(rest)
  if (name === undefined) return { problem: `"${text}" is no key; keys are written like "N", "ctrl+n" or "pageup"` }
  const key = spelled(modifiers, name)
  if (key === undefined) return { problem: `"${text}" is no key; write the character that it types` }
  const heard = SAME_BYTE[key]
  return heard === undefined ? { key } : { problem: `"${text}" reaches programs as "${heard}"; use another key` }
}

/** Whether a key types a character: in focus that must reach the agent. */
export function isTypingKey(key: string): boolean {
  return [...key].length === 1 || ['space', 'enter', 'tab', 'backspace', 'escape'].includes(key)
}

function withoutModifiers(text: string): { readonly modifiers: ReadonlySet<Modifier>; readonly rest: string } {
  const modifiers = new Set<Modifier>()
  let rest = text
  for (;;) {
    const found = MODIFIERS.find((each) => rest.toLowerCase().startsWith(`${each}+`) && rest.length > each.length + 1)
    if (found === undefined) return { modifiers, rest }
    modifiers.add(found)
    rest = rest.slice(found.length + 1)
  }
}

function nameOf(rest: string): string | undefined {
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(rest)) return rest
  const name = rest.toLowerCase()
  const known = OTHER_NAMES[name] ?? name
  return NAMES.has(known) ? known : undefined
}

/** Shift with a character is the other character; Control knows no capital letters. */
function spelled(modifiers: ReadonlySet<Modifier>, name: string): string | undefined {
  const isCharacter = [...name].length === 1
  const has = new Set(modifiers)
  if (isCharacter && has.has('ctrl')) return prefixed(has, name.toLowerCase())
  if (!isCharacter || !has.delete('shift')) return prefixed(has, name)
  const upper = name.toUpperCase()
  // Of a few letters the capital is two: "ß".
  const isLetter = upper !== name.toLowerCase() && [...upper].length === 1
  return isLetter ? prefixed(has, upper) : undefined
}

function prefixed(modifiers: ReadonlySet<Modifier>, name: string): string {
  return [...MODIFIERS.filter((each) => modifiers.has(each)), name].join('+')
}
