import type { CommandContext } from '../../core/commands/command.ts'
import { matchesFilter, parseFilter } from '../../core/filter.ts'
import { type Fleet, sessionsOf } from '../../core/fleet.ts'
import type { SessionId } from '../../core/ids.ts'
import { isLive, type Session } from '../../core/session.ts'
import { byAttention, isQuiet, wantsOperator } from '../../core/triage.ts'
import type { RoomState } from './state.ts'

/** What the views show, derived from the state and kept until the state it came from changes. */
export interface Shown {
  /** Every session, in the order they were started. */
  readonly all: readonly Session[]
  /** The ones that pass the filter and are not put away, in order of attention. */
  readonly sessions: readonly Session[]
  /** How many pass the filter but are put away. */
  readonly hidden: number
  /** The ones of all sessions that want the operator, in order of attention. */
  readonly needy: readonly Session[]
}

/** The sessions as the room shows them: while the connection is lost, what a live session does is unknown. */
export const shownIn = remembered(
  ['fleet', 'connection', 'filter', 'isQuietHidden'],
  ({ fleet, connection, filter, isQuietHidden }): Shown => {
    const all = sessionsOf(fleet).map((session) =>
      connection.status === 'live' ? session : unheard(session, connection.since),
    )
    const terms = parseFilter(filter)
    const matching = byAttention(all).filter((session) => matchesFilter(session, terms))
    const sessions = isQuietHidden ? matching.filter((session) => !isQuiet(session)) : matching
    return { all, sessions, hidden: matching.length - sessions.length, needy: matching.filter(wantsOperator) }
  },
)

/** The selected session, if it is still shown. */
export function selectedIn(state: RoomState): Session | undefined {
  return shownIn(state).sessions.find((session) => session.id === state.selectedId)
}

/** The marked sessions if there are any, else the selected one: what commands on a selection act on. */
export function targetsIn(state: RoomState): readonly Session[] {
  const marked = shownIn(state).all.filter((session) => state.marked.has(session.id))
  if (marked.length > 0) return marked
  const selected = selectedIn(state)
  return selected === undefined ? [] : [selected]
}

/** Who a broadcast goes to: the marked live sessions if any are marked, else every live session that is shown. */
export function broadcastTargets(state: RoomState): readonly Session[] {
  const shown = shownIn(state)
  const marked = shown.all.filter((session) => state.marked.has(session.id))
  return (marked.length > 0 ? marked : shown.sessions).filter(isLive)
}

/** What decides which commands make sense now. */
export function contextOf(state: RoomState): CommandContext {
  const shown = shownIn(state)
  return {
    view: state.view,
    selected: selectedIn(state),
    marked: state.marked.size,
    sessions: shown.all.length,
    shown: shown.sessions.length,
    needs: shown.needy.length,
    isScrolled: state.scrollTop !== undefined,
  }
}

/** `rig/name` of a session by its id; the id when it has gone, and an address as it is. */
export function nameOf(fleet: Fleet, id: string): string {
  const session = fleet.sessions[id as SessionId]
  return session === undefined ? id : `${session.rig}/${session.agentName}`
}

function unheard(session: Session, since: number): Session {
  if (!isLive(session)) return session
  const { need: _, ...rest } = session
  return { ...rest, state: 'running', activity: 'unknown', why: 'connection to the host lost', since }
}

/** Computes again only when one of these parts of the state is another. */
function remembered<Key extends keyof RoomState, Result>(
  keys: readonly Key[],
  compute: (parts: Pick<RoomState, Key>) => Result,
): (state: Pick<RoomState, Key>) => Result {
  let last: { readonly parts: Pick<RoomState, Key>; readonly result: Result } | undefined
  return (state) => {
    const known = last
    if (known !== undefined && keys.every((key) => known.parts[key] === state[key])) return known.result
    const result = compute(state)
    last = { parts: state, result }
    return result
  }
}
