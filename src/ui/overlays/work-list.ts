import type { Fleet } from '../../core/fleet.ts'
import type { SessionId, WorkId } from '../../core/ids.ts'
import { isOpen, queueOf, type WorkUnit } from '../../core/work.ts'
import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { CLOSED, isLeaving, type OverlayEffect, type OverlayInput, type OverlayStep } from './overlay-input.ts'
import { movedBy, tabAfter } from './table-moves.ts'

/** Which work is listed. */
export type WorkTab = 'waiting' | 'in work' | 'failed' | 'ended'

export const WORK_TABS: readonly WorkTab[] = ['waiting', 'in work', 'failed', 'ended']

/** The work and where it is, as it changes. */
export interface WorkOverlay {
  readonly kind: 'work'
  readonly tab: WorkTab
  readonly index: number
  /** The session that gets what is handed over from here; undefined when none is selected. */
  readonly target: { readonly id: SessionId; readonly name: string } | undefined
  /** The note for what is being handed over; undefined while nothing is. */
  readonly handing: Handing | undefined
}

/** A unit that is about to be handed over, and what the next one must know. */
export interface Handing {
  readonly id: WorkId
  readonly to: SessionId
  readonly note: TextField
}

/** The list, opened where something is to be done: what failed, else what waits, else what is in work. */
export function openWork(fleet: Fleet, target: WorkOverlay['target']): WorkOverlay {
  const tab = (['failed', 'waiting', 'in work'] as const).find((each) => workRows(fleet, each).length > 0) ?? 'waiting'
  return { kind: 'work', tab, index: 0, target, handing: undefined }
}

/** The units of a tab: what waits in the order in which it goes, the others with the newest first. */
export function workRows(fleet: Fleet, tab: WorkTab): readonly WorkUnit[] {
  const units = Object.values(fleet.work)
  if (tab === 'waiting') return queueOf(units)
  const newest = (unit: WorkUnit): string => unit.endedAt ?? unit.assignedAt ?? unit.queuedAt
  return units.filter((unit) => isIn(unit, tab)).sort((a, b) => (newest(a) < newest(b) ? 1 : -1))
}

/**
 * The list after an input: Tab changes what is listed, R tries again, x cancels, h hands over to the selected session once the
 * note for it is written.
 */
export function stepWork(overlay: WorkOverlay, input: OverlayInput, fleet: Fleet): OverlayStep<WorkOverlay> {
  if (overlay.handing !== undefined) return stepHanding(overlay, overlay.handing, input)
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  const { name } = input.key
  if (name === 'q' || name === 'w') return CLOSED
  if (name === 'tab' || name === 'shift+tab')
    return { overlay: { ...overlay, tab: tabAfter(WORK_TABS, overlay.tab, name), index: 0 } }
  const rows = workRows(fleet, overlay.tab)
  const index = Math.min(overlay.index, Math.max(0, rows.length - 1))
  const moved = movedBy(index, name, rows.length)
  if (moved !== undefined) return { overlay: { ...overlay, index: moved } }
  const chosen = rows[index]
  return chosen === undefined ? { overlay } : actOn(overlay, chosen, name)
}

/** What can be done with a unit, by key. */
export function workKeys(unit: WorkUnit, { target }: Pick<WorkOverlay, 'target'>): readonly string[] {
  return [
    ...(mayRetry(unit) ? ['R try again'] : []),
    ...(mayCancel(unit) ? ['x cancel'] : []),
    ...(target !== undefined && mayHandOver(unit, target.id) ? [`h hand over to ${target.name}`] : []),
  ]
}

function isIn(unit: WorkUnit, tab: WorkTab): boolean {
  if (tab === 'failed') return unit.status === 'failed'
  if (tab === 'ended') return unit.status === 'done' || unit.status === 'cancelled'
  return unit.status === 'assigned' || unit.status === 'accepted'
}

function mayRetry({ status }: WorkUnit): boolean {
  return status === 'failed' || status === 'cancelled'
}

function mayCancel(unit: WorkUnit): boolean {
  return isOpen(unit) || unit.status === 'failed'
}

function mayHandOver(unit: WorkUnit, to: SessionId): boolean {
  return isOpen(unit) && unit.sessionId !== to
}

function actOn(overlay: WorkOverlay, unit: WorkUnit, key: string): OverlayStep<WorkOverlay> {
  const { id } = unit
  const { target } = overlay
  if (key === 'R' && mayRetry(unit)) return { overlay, effect: { kind: 'work', act: 'retry', id } }
  if (key === 'x' && mayCancel(unit)) return { overlay, effect: { kind: 'work', act: 'cancel', id } }
  if (key === 'h' && target !== undefined && mayHandOver(unit, target.id))
    return { overlay: { ...overlay, handing: { id, to: target.id, note: textField() } } }
  return { overlay }
}

function stepHanding(overlay: WorkOverlay, handing: Handing, input: OverlayInput): OverlayStep<WorkOverlay> {
  const back = { ...overlay, handing: undefined }
  if (isLeaving(input)) return { overlay: back }
  const write = (note: TextField): OverlayStep<WorkOverlay> => ({
    overlay: { ...overlay, handing: { ...handing, note } },
  })
  if (input.kind === 'paste') return write(pasteText(handing.note, input.text))
  if (input.key.name !== 'enter') return write(editText(handing.note, input.key) ?? handing.note)
  const { id, to } = handing
  const note = handing.note.text.trim()
  const effect: OverlayEffect = { kind: 'hand-over', id, to, ...(note === '' ? {} : { note }) }
  return { overlay: back, effect }
}
