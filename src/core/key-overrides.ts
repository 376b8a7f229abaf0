import { COMMANDS, type CommandId, ROOM_COMMANDS } from './commands.ts'
import { isTypingKey, readKey } from './key-notation.ts'

/** Keys the operator wants for commands; a command that is not named keeps its own. */
export type KeyOverrides = Readonly<Partial<Record<CommandId, readonly string[]>>>

/** A wanted key that has no effect, or not only the wanted one. */
export interface KeyProblem {
  readonly id: CommandId
  /** Place of the key in the list of the command; absent when it is about the whole list. */
  readonly index?: number
  readonly problem: string
}

/** The commands that can be given other keys: the digits of a question are its options' own. */
export const REMAPPABLE: readonly CommandId[] = ROOM_COMMANDS.filter((id) => id !== 'need.option')

/** The keys that can be used as they are wanted, in the notation of the keymap, and what is wrong with the others. */
export function readKeyOverrides(wanted: KeyOverrides): {
  readonly keys: KeyOverrides
  readonly problems: readonly KeyProblem[]
} {
  const read = REMAPPABLE.flatMap((id) => {
    const texts = wanted[id]
    return texts === undefined ? [] : [readList(id, texts)]
  })
  const keys: KeyOverrides = Object.fromEntries(
    read.flatMap(({ id, keys }) => (keys === undefined ? [] : [[id, keys]])),
  )
  const conflicts = read.flatMap(({ id, places }) => places.flatMap((place) => conflictsOf(id, place, keys)))
  return { keys, problems: [...read.flatMap(({ problems }) => problems), ...conflicts] }
}

interface Place {
  readonly key: string
  readonly index: number
}

interface ReadList {
  readonly id: CommandId
  /** Absent when the command keeps its own. */
  readonly keys: readonly string[] | undefined
  readonly places: readonly Place[]
  readonly problems: readonly KeyProblem[]
}

function readList(id: CommandId, texts: readonly string[]): ReadList {
  const places: Place[] = []
  const problems: KeyProblem[] = []
  texts.forEach((text, index) => {
    const read = readKey(text)
    const problem = 'problem' in read ? read.problem : leaveProblem(id, read.key, places.length)
    if (problem !== undefined) problems.push({ id, index, problem })
    else if ('key' in read && !places.some(({ key }) => key === read.key)) places.push({ key: read.key, index })
  })
  if (id === 'focus.leave' && texts.length === 0) problems.push({ id, problem: 'a key is needed to leave focus' })
  const isUsable = places.length > 0 || (texts.length === 0 && id !== 'focus.leave')
  return { id, keys: isUsable ? places.map(({ key }) => key) : undefined, places, problems }
}

/** The way out of focus is one key, and none that agents are typed to with. */
function leaveProblem(id: CommandId, key: string, before: number): string | undefined {
  if (id !== 'focus.leave') return undefined
  if (isTypingKey(key)) return `"${key}" could not be typed into a session any more; use a key with ctrl or alt`
  return before > 0 ? `only the first key leaves focus; "${key}" has no effect` : undefined
}

function conflictsOf(id: CommandId, { key, index }: Place, keys: KeyOverrides): readonly KeyProblem[] {
  const isFocus = COMMANDS[id].scope === 'focus'
  const isDefault = (command: CommandId): boolean => COMMANDS[command].keys.includes(key)
  const rivals = ROOM_COMMANDS.filter((other) => {
    if (other === id || (COMMANDS[other].scope === 'focus') !== isFocus) return false
    if (!(keys[other] ?? COMMANDS[other].keys).includes(key)) return false
    // Commands that share a key by default are never offered together; of two overrides the later one is told.
    if (isDefault(id) && isDefault(other)) return false
    return keys[other]?.includes(key) !== true || REMAPPABLE.indexOf(other) < REMAPPABLE.indexOf(id)
  })
  if (rivals.length === 0) return []
  const names = rivals.map((other) => `"${other}"`).join(' and ')
  return [{ id, index, problem: `"${key}" is also the key of ${names}; give one of them another` }]
}
