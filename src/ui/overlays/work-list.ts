import type { Fleet } from '../../core/fleet.ts'
import type { SessionId } from '../../core/ids.ts'
import { isOpen, queueOf, type WorkUnit } from '../../core/work.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'
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
}

/** The list, opened where something is to be done: what failed, else what waits, else what is in work. */
export function openWork(fleet: Fleet, target: WorkOverlay['target']): WorkOverlay {
  const tab = (['failed', 'waiting', 'in work'] as const).find((each) => workRows(fleet, each).length > 0) ?? 'waiting'
  return { kind: 'work', tab, index: 0, target }
}

/** The units of a tab: what waits in the order in which it goes, the others with the newest first. */
export function workRows(fleet: Fleet, tab: WorkTab): readonly WorkUnit[] {
  const units = Object.values(fleet.work)
  if (tab === 'waiting') return queueOf(units)
  const newest = (unit: WorkUnit): string => unit.endedAt ?? unit.assignedAt ?? unit.queuedAt
  return units.filter((unit) => isIn(unit, tab)).sort((a, b) => (newest(a) < newest(b) ? 1 : -1))
}

/** The list after an input: Tab changes what is listed, R tries again, x cancels, h hands over to the selected session. */
export function stepWork(overlay: WorkOverlay, input: OverlayInput, fleet: Fleet): OverlayStep<WorkOverlay> {
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
  return (isOpen(unit) || unit.status === 'failed') && unit.sessionId !== to
}

function actOn(overlay: WorkOverlay, unit: WorkUnit, key: string): OverlayStep<WorkOverlay> {
  const { id } = unit
  const { target } = overlay
  if (key === 'R' && mayRetry(unit)) return { overlay, effect: { kind: 'work', act: 'retry', id } }
  if (key === 'x' && mayCancel(unit)) return { overlay, effect: { kind: 'work', act: 'cancel', id } }
  if (key === 'h' && target !== undefined && mayHandOver(unit, target.id))
    return { overlay, effect: { kind: 'hand-over', id, to: target.id } }
  return { overlay }
}
