import { COST_GROUPS, type CostGroup, type CostReport } from '../../core/costs.ts'
import { workId } from '../../core/ids.ts'
import { isLive, settingsDirectoryOf } from '../../core/session.ts'
import type { WorkUnit } from '../../core/work.ts'
import type { OverlayEffect } from '../overlays/overlay-input.ts'
import { openSling } from '../overlays/sling-form.ts'
import { openWork } from '../overlays/work-list.ts'
import { nameOf, selectedIn, shownIn } from '../store/select.ts'
import { setOverlay } from '../store/transitions/view.ts'
import { attempt, type Commander, say } from './commander.ts'

/** Opens the work and where it is; what is handed over from there goes to the selected session. */
export function openWorkList(room: Commander): void {
  room.store.update((state) => {
    const session = selectedIn(state)
    const mayTake = session !== undefined && isLive(session) && session.isPaused !== true
    const target = mayTake ? { id: session.id, name: nameOf(state.fleet, session.id) } : undefined
    return setOverlay(state, openWork(state.fleet, target))
  })
}

/** Opens the form that gives out work, for the rig of the selected session. */
export function openSlingForm(room: Commander): void {
  room.store.update((state) => {
    const { all } = shownIn(state)
    const selected = selectedIn(state) ?? all[0]
    const known = selected === undefined ? all : [...all, selected]
    const directories = Object.fromEntries(known.map((session) => [session.rig, settingsDirectoryOf(session)]))
    return setOverlay(state, openSling({ rig: selected?.rig ?? '', directories }))
  })
}

/** Opens tokens and cost. */
export function openCosts(room: Commander): void {
  const loaded = Promise.all(COST_GROUPS.map(async (by) => [by, await room.orchestrator.costs({ by })] as const))
  const opened = loaded.then((entries) => {
    const reports = Object.fromEntries(entries) as Record<CostGroup, CostReport>
    room.store.update((state) =>
      state.overlay === undefined ? setOverlay(state, { kind: 'costs', by: 'session', reports, scroll: 0 }) : state,
    )
  })
  attempt(room, opened)
}

/** Tries work again, or cancels it. */
export function changeWork(room: Commander, { act, id }: Extract<OverlayEffect, { kind: 'work' }>): void {
  const { orchestrator } = room
  const changed = act === 'retry' ? orchestrator.retryWork(id) : orchestrator.endWork(id, { status: 'cancelled' })
  attempt(room, tell(room, changed))
}

/** Hands work over to a session, with what that one must know. */
export function handOver(room: Commander, { id, to, note }: Extract<OverlayEffect, { kind: 'hand-over' }>): void {
  const handoff = { to, ...(note === undefined ? {} : { note }) }
  attempt(room, tell(room, room.orchestrator.reassignWork(id, handoff)))
}

/** Gives out work. */
export function sling(room: Commander, effect: Extract<OverlayEffect, { kind: 'sling' }>): void {
  const { description, priority, place } = effect
  const work = { id: workId(room.newId()), type: 'task', description, payload: {}, priority } as const
  say(room, 'info', 'The work is given out…')
  attempt(room, tell(room, room.orchestrator.queueWork({ work, place })))
}

async function tell(room: Commander, changed: Promise<WorkUnit>): Promise<void> {
  const { id, status, sessionId, why } = await changed
  const who = sessionId === null ? '' : ` (${nameOf(room.store.get().fleet, sessionId)})`
  say(room, status === 'failed' ? 'warning' : 'info', `Work ${id} is ${status}${who}: ${why}`)
}
