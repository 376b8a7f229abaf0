import type { WorkPlace } from '../../core/work.ts'
import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

export const SLING_FIELDS = ['work', 'rig', 'role', 'name', 'backend', 'priority'] as const
export type SlingField = (typeof SLING_FIELDS)[number]

/** The form that gives out work. */
export interface SlingOverlay {
  readonly kind: 'sling'
  readonly texts: Readonly<Record<SlingField, TextField>>
  readonly field: SlingField
  /** Where the work of the selected session's rig is done; of another rig, where any of its sessions works. */
  readonly directories: Readonly<Record<string, string>>
  readonly problem: string | undefined
}

/** What the form is opened with. */
export interface SlingDefaults {
  readonly rig: string
  readonly directories: Readonly<Record<string, string>>
}

/** The form for work in this rig. */
export function openSling({ rig, directories }: SlingDefaults): SlingOverlay {
  const texts = { work: '', rig, role: 'polecat', name: '', backend: '', priority: '0' }
  return {
    kind: 'sling',
    texts: {
      work: textField(texts.work),
      rig: textField(texts.rig),
      role: textField(texts.role),
      name: textField(texts.name),
      backend: textField(texts.backend),
      priority: textField(texts.priority),
    },
    field: 'work',
    directories,
    problem: undefined,
  }
}

/** The form after an input: Tab and arrows move, Enter gives out the work. */
export function stepSling(overlay: SlingOverlay, input: OverlayInput): OverlayStep<SlingOverlay> {
  if (isLeaving(input)) return CLOSED
  const { field, texts } = overlay
  const isMultiline = field === 'work'
  if (input.kind === 'paste') return { overlay: write(overlay, pasteText(texts[field], input.text, { isMultiline })) }
  if (input.key.name === 'enter') return send(overlay)
  const move = MOVES[input.key.name]
  if (move !== undefined) return { overlay: { ...overlay, field: fieldAfter(field, move) } }
  const text = editText(texts[field], input.key, { isMultiline })
  return { overlay: text === undefined ? overlay : write(overlay, text) }
}

const MOVES: Readonly<Record<string, 1 | -1>> = { tab: 1, down: 1, 'shift+tab': -1, up: -1 }

function fieldAfter(field: SlingField, move: 1 | -1): SlingField {
  const place = SLING_FIELDS.indexOf(field) + move
  return SLING_FIELDS[(place + SLING_FIELDS.length) % SLING_FIELDS.length] ?? field
}

function write(overlay: SlingOverlay, text: TextField): SlingOverlay {
  return { ...overlay, texts: { ...overlay.texts, [overlay.field]: text }, problem: undefined }
}

function send(overlay: SlingOverlay): OverlayStep<SlingOverlay> {
  const said = (field: SlingField): string => overlay.texts[field].text.trim()
  const description = said('work')
  const priority = Number(said('priority'))
  const workDir = overlay.directories[said('rig')]
  const problem = problemOf({ description, priority, rig: said('rig'), workDir })
  if (problem !== undefined || workDir === undefined) return { overlay: { ...overlay, problem } }
  const place: WorkPlace = {
    rig: said('rig'),
    role: said('role') || 'polecat',
    workDir,
    backend: said('backend') || null,
    agentName: said('name') || null,
    args: [],
  }
  return { overlay: undefined, effect: { kind: 'sling', description, priority, place } }
}

interface Said {
  readonly description: string
  readonly priority: number
  readonly rig: string
  readonly workDir: string | undefined
}

function problemOf({ description, priority, rig, workDir }: Said): string | undefined {
  if (description === '') return 'Write what is to be done'
  if (!Number.isInteger(priority)) return 'The priority is a whole number; higher goes first'
  if (workDir === undefined) return `No session works in a rig called "${rig}": spawn one there first`
  return undefined
}
