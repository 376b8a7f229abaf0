import type { SessionId } from '../../core/ids.ts'
import type { SpawnRequest } from '../../core/session.ts'
import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { splitArguments } from './arguments.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

/** One of the things the form lets the operator choose from. */
export interface Choice {
  readonly value: string
  /** Why it may not work; undefined when it is fine. */
  readonly problem: string | undefined
  readonly detail: string
  /** It runs any command, so it must be given one. */
  readonly needsCommand?: boolean
}

export const SPAWN_FIELDS = ['backend', 'role', 'rig', 'name', 'host', 'directory', 'prompt', 'arguments'] as const
export type SpawnField = (typeof SPAWN_FIELDS)[number]
type ChoiceField = 'backend' | 'host'
type WrittenField = Exclude<SpawnField, ChoiceField>

/** The form that starts a session. */
export interface SpawnOverlay {
  readonly kind: 'spawn'
  readonly backends: readonly Choice[]
  readonly hosts: readonly Choice[]
  /** Places in `backends` and `hosts`. */
  readonly chosen: Readonly<Record<ChoiceField, number>>
  readonly texts: Readonly<Record<WrittenField, TextField>>
  /** What a backend that needs a command runs when none is written. */
  readonly command: string
  readonly field: SpawnField
  /** Set while the session starts; `known` are the sessions there were before. */
  readonly pending: { readonly since: number; readonly known: readonly SessionId[] } | undefined
  readonly problem: { readonly message: string; readonly hint: string } | undefined
}

/** What the form is opened with. */
export interface SpawnDefaults {
  readonly backends: readonly Choice[]
  readonly hosts: readonly Choice[]
  readonly role: string
  readonly rig: string
  readonly directory: string
  readonly command: string
}

/** The form with defaults that work as they are: the first backend that can start sessions is chosen. */
export function openSpawn({ backends, hosts, role, rig, directory, command }: SpawnDefaults): SpawnOverlay {
  const usable = backends.findIndex((choice) => choice.problem === undefined)
  const texts = { role, rig, name: '', directory, prompt: '', arguments: '' }
  return {
    kind: 'spawn',
    backends,
    hosts,
    chosen: { backend: Math.max(0, usable), host: 0 },
    texts: {
      role: textField(texts.role),
      rig: textField(texts.rig),
      name: textField(texts.name),
      directory: textField(texts.directory),
      prompt: textField(texts.prompt),
      arguments: textField(texts.arguments),
    },
    command,
    field: 'backend',
    pending: undefined,
    problem: undefined,
  }
}

/** The choices of a field, or undefined for a field that is written. */
export function choicesOf(overlay: SpawnOverlay, field: SpawnField): readonly Choice[] | undefined {
  if (field === 'backend') return overlay.backends
  return field === 'host' ? overlay.hosts : undefined
}

/** The form after an input: Tab and arrows move, Enter starts the session. While it starts only Escape means something. */
export function stepSpawn(overlay: SpawnOverlay, input: OverlayInput): OverlayStep<SpawnOverlay> {
  if (isLeaving(input)) return CLOSED
  if (overlay.pending !== undefined) return { overlay }
  const { field } = overlay
  if (input.kind === 'paste') return isWritten(field) ? { overlay: paste(overlay, field, input.text) } : { overlay }
  if (input.key.name === 'enter') return { overlay, effect: { kind: 'spawn', request: requestOf(overlay) } }
  const move = MOVES[input.key.name]
  if (move !== undefined) return { overlay: { ...overlay, field: fieldAfter(field, move) } }
  if (!isWritten(field)) return { overlay: choose(overlay, field, input.key.name) }
  const text = editText(overlay.texts[field], input.key, { isMultiline: field === 'prompt' })
  return { overlay: text === undefined ? overlay : write(overlay, field, text) }
}

/** What the host is asked for. */
export function requestOf(overlay: SpawnOverlay): SpawnRequest {
  const { texts, chosen } = overlay
  const backend = overlay.backends[chosen.backend]?.value
  const host = chosen.host === 0 ? undefined : overlay.hosts[chosen.host]?.value
  const written = splitArguments(texts.arguments.text)
  const args = written.length === 0 && needsCommand(overlay) ? [overlay.command] : written
  return {
    ...(backend === undefined ? {} : { backend }),
    ...given('role', texts.role),
    ...given('rig', texts.rig),
    ...given('agentName', texts.name),
    ...given('workDir', texts.directory),
    ...given('prompt', texts.prompt),
    ...(host === undefined ? {} : { remoteHost: host }),
    ...(args.length === 0 ? {} : { args }),
  }
}

/** Whether the chosen backend runs any command, and so needs one. */
export function needsCommand(overlay: SpawnOverlay): boolean {
  return overlay.backends[overlay.chosen.backend]?.needsCommand === true
}

const MOVES: Readonly<Record<string, 1 | -1>> = { tab: 1, down: 1, 'shift+tab': -1, up: -1 }

function given<Key extends string>(key: Key, { text }: TextField): Partial<Record<Key, string>> {
  return text.trim() === '' ? {} : ({ [key]: text.trim() } as Record<Key, string>)
}

function isWritten(field: SpawnField): field is WrittenField {
  return field !== 'backend' && field !== 'host'
}

function fieldAfter(field: SpawnField, move: 1 | -1): SpawnField {
  const place = SPAWN_FIELDS.indexOf(field) + move
  return SPAWN_FIELDS[(place + SPAWN_FIELDS.length) % SPAWN_FIELDS.length] ?? field
}

function choose(overlay: SpawnOverlay, field: ChoiceField, name: string): SpawnOverlay {
  const choices = field === 'backend' ? overlay.backends : overlay.hosts
  if (choices.length === 0) return overlay
  const current = overlay.chosen[field]
  const step = name === 'right' || name === 'space' ? 1 : name === 'left' ? -1 : 0
  const named = choices.findIndex((choice) => name.length === 1 && choice.value.startsWith(name.toLowerCase()))
  const next = step !== 0 ? (current + step + choices.length) % choices.length : named < 0 ? current : named
  return next === current ? overlay : { ...overlay, chosen: { ...overlay.chosen, [field]: next }, problem: undefined }
}

function paste(overlay: SpawnOverlay, field: WrittenField, text: string): SpawnOverlay {
  return write(overlay, field, pasteText(overlay.texts[field], text, { isMultiline: field === 'prompt' }))
}

function write(overlay: SpawnOverlay, field: WrittenField, text: TextField): SpawnOverlay {
  return { ...overlay, texts: { ...overlay.texts, [field]: text }, problem: undefined }
}
