import type { CommandId } from '../../core/commands.ts'
import { openFilter } from '../overlays/filter-line.ts'
import { openMailbox } from '../overlays/mailbox.ts'
import { openPalette } from '../overlays/palette.ts'
import { nameOf, selectedIn } from '../store/select.ts'
import { enterFocus, leaveFocus } from '../store/transitions/focus.ts'
import { toggleAllMarks, toggleMark } from '../store/transitions/marks.ts'
import { select, selectNeed } from '../store/transitions/selection.ts'
import { changeFilter, changeView, scrollBy, scrollTo, setOverlay, toggleQuiet } from '../store/transitions/view.ts'
import { gridOf } from '../views/grid.ts'
import { layoutRoom } from '../views/layout.ts'
import { answerSelected, chooseOption } from './answers.ts'
import { copyPane, snoozeSelected, toggleFavourite, togglePause, toggleUnread, toggleUrgent } from './attention.ts'
import { attempt, type Commander, say } from './commander.ts'
import { move, moveToEnd } from './moves.ts'
import { openConfirm, openMessage, openSpawnForm } from './open-overlays.ts'
import { openEvents, openReader, openReplyTo } from './open-readers.ts'
import { openCosts, openSlingForm, openWorkList } from './work.ts'

/** Does one thing; `key` is the key that was pressed, or empty when it came from a click or the palette. */
type Handler = (room: Commander, key: string) => void

/** What every command of the room does. */
export const HANDLERS: Readonly<Partial<Record<CommandId, Handler>>> = {
  'move.down': (room) => move(room, 'down'),
  'move.up': (room) => move(room, 'up'),
  'move.left': (room) => move(room, 'left'),
  'move.right': (room) => move(room, 'right'),
  'move.first': (room) => moveToEnd(room, 'first'),
  'move.last': (room) => moveToEnd(room, 'last'),
  'need.next': (room) => room.store.update((state) => selectNeed(state, 1, room.clock.now())),
  'need.previous': (room) => room.store.update((state) => selectNeed(state, -1, room.clock.now())),
  'view.triage': (room) => room.store.update((state) => changeView(state, 'triage')),
  'view.grid': (room) => room.store.update((state) => changeView(state, 'grid')),
  'view.zoom': (room) => room.store.update((state) => changeView(state, 'zoom')),
  'scroll.up': (room) => scrollPage(room, 1),
  'scroll.down': (room) => scrollPage(room, -1),
  'scroll.live': (room) => room.store.update((state) => scrollTo(state, undefined)),
  'filter.edit': (room) => room.store.update((state) => setOverlay(state, openFilter(state.filter))),
  'filter.clear': (room) => room.store.update((state) => changeFilter(state, '', room.clock.now())),
  'mark.toggle': (room) => room.store.update(toggleMark),
  'mark.all': (room) => room.store.update(toggleAllMarks),
  'help.open': (room) => room.store.update((state) => setOverlay(state, { kind: 'help', scroll: 0 })),
  'palette.open': (room) => room.store.update((state) => setOverlay(state, openPalette())),
  'room.quit': (room) => room.exit('quit'),
  'room.suspend': (room) => room.suspend(),
  'session.focus': focusSelected,
  'focus.leave': (room) => room.store.update(leaveFocus),
  'need.allow': (room) => answerSelected(room, { kind: 'allow' }),
  'need.always': (room) => answerSelected(room, { kind: 'always' }),
  'need.deny': (room) => answerSelected(room, { kind: 'deny' }),
  'need.option': chooseOption,
  'session.spawn': openSpawnForm,
  'session.interrupt': (room) => openConfirm(room, 'session.interrupt'),
  'session.terminate': (room) => openConfirm(room, 'session.terminate'),
  'session.resume': resumeSelected,
  'session.pause': togglePause,
  'session.fork': forkSelected,
  'message.nudge': (room) => openMessage(room, 'nudge'),
  'message.broadcast': (room) => openMessage(room, 'broadcast'),
  'work.sling': openSlingForm,
  'work.view': openWorkList,
  'costs.view': openCosts,
  'mail.view': (room) => room.store.update((state) => setOverlay(state, openMailbox(state.fleet))),
  'session.reply': openReplyTo,
  'reader.open': openReader,
  'events.show': (room) => openEvents(room, 'all'),
  'session.explain': (room) => openEvents(room, 'why'),
  'pane.copy': copyPane,
  'session.snooze': snoozeSelected,
  'session.unread': toggleUnread,
  'session.favourite': toggleFavourite,
  'session.urgent': toggleUrgent,
  'list.quiet': (room) => room.store.update((state) => toggleQuiet(state, room.clock.now())),
  'host.stop': (room) => openConfirm(room, 'host.stop'),
  'demo.run': (room) => room.exit('demo'),
}

/** Runs a command. */
export function runCommand(room: Commander, id: CommandId, key: string): void {
  HANDLERS[id]?.(room, key)
}

/** Scrolls the selected session by so many lines up (negative: down). */
export function scrollLines(room: Commander, lines: number): void {
  const { selectedId } = room.store.get()
  const picture = selectedId === undefined ? undefined : room.viewer.picture(selectedId)
  if (picture !== undefined) room.store.update((state) => scrollBy(state, lines, picture))
}

function scrollPage(room: Commander, direction: 1 | -1): void {
  const rows = room.paneRows(room.store.get().selectedId)
  scrollLines(room, direction * Math.max(1, rows - 2))
}

/** A session that is only a line of the grid is shown at full size first: there is no pane to type into. */
function focusSelected(room: Commander): void {
  room.store.update((state) => {
    const session = selectedIn(state)
    if (session === undefined) return state
    return enterFocus(hasPane(state) ? state : changeView(state, 'zoom'))
  })
}

function hasPane(state: ReturnType<Commander['store']['get']>): boolean {
  if (state.view !== 'grid') return true
  const layout = layoutRoom(state.size)
  return layout !== undefined && gridOf(state, layout.body).tiles.some((tile) => tile.id === state.selectedId)
}

/** The copy is selected once it is there, unless the operator has gone on to another session meanwhile. */
function forkSelected(room: Commander): void {
  const session = selectedIn(room.store.get())
  if (session === undefined) return
  say(room, 'info', `Forking ${nameOf(room.store.get().fleet, session.id)}`)
  const forked = room.orchestrator.fork(session.id).then((id) => {
    room.store.update((state) => (state.selectedId === session.id ? select(state, id, room.clock.now()) : state))
    say(room, 'info', `${nameOf(room.store.get().fleet, id)} is ready`)
  })
  attempt(room, forked)
}

function resumeSelected(room: Commander): void {
  const session = selectedIn(room.store.get())
  if (session !== undefined) attempt(room, room.orchestrator.resume(session.id))
}
