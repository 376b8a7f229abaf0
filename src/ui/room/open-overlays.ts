import { COMMANDS, type CommandId } from '../../core/commands.ts'
import { isLive, type Session, settingsDirectoryOf } from '../../core/session.ts'
import { openCompose, type Recipient } from '../overlays/compose.ts'
import { type ConfirmOverlay, lossesOf } from '../overlays/confirm.ts'
import { backendChoices } from '../overlays/spawn-choices.ts'
import { type Choice, openSpawn, type SpawnOverlay } from '../overlays/spawn-form.ts'
import { broadcastTargets, shownIn, targetsIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { setOverlay } from '../store/transitions/view.ts'
import { plain } from '../widgets/plain-text.ts'
import { type Commander, say } from './commander.ts'

/** Opens the form that starts a session, with the directory and rig of the selected session, else of the room. */
export function openSpawnForm(room: Commander): void {
  room.store.update((state) => setOverlay(state, spawnForm(state, room)))
}

/** Opens a message to the selected or marked sessions, or to all shown ones. */
export function openMessage(room: Commander, type: 'nudge' | 'broadcast'): void {
  const state = room.store.get()
  const targets = type === 'nudge' ? targetsIn(state).filter(isLive) : broadcastTargets(state)
  if (targets.length === 0) {
    say(room, 'warning', 'None of these sessions is running')
    return
  }
  room.store.update((now) => setOverlay(now, openCompose(type, targets.map(recipientOf))))
}

/** Asks before a command that cannot be taken back, and says what it would cut short. */
export function openConfirm(room: Commander, command: CommandId): void {
  room.store.update((state) => setOverlay(state, confirmation(state, command)))
}

function confirmation(state: RoomState, command: CommandId): ConfirmOverlay {
  const isRoom = command === 'host.stop'
  const targets = isRoom ? shownIn(state).all.filter(isLive) : targetsIn(state)
  const [only, ...others] = targets
  const count = `${targets.length} ${targets.length === 1 ? 'session' : 'sessions'}`
  const named = !isRoom && only !== undefined && others.length === 0 ? recipientOf(only).name : count
  const question = `${COMMANDS[command].confirm ?? COMMANDS[command].title} ${plain(named)}?`
  const ids = targets.map((session) => session.id)
  return { kind: 'confirm', command, targets: ids, question, losses: targets.flatMap(lossesOf) }
}

function recipientOf(session: Session): Recipient {
  return { id: session.id, name: `${session.rig}/${session.agentName}` }
}

function spawnForm(state: RoomState, room: Commander): SpawnOverlay {
  const { all } = shownIn(state)
  const backends = backendChoices(state.fleet.backends)
  const names = [...new Set([room.orchestrator.name, ...all.map((session) => session.host)])]
  const hosts = names.map(
    (value, index): Choice => ({ value, problem: undefined, detail: index === 0 ? 'this machine' : '' }),
  )
  const selected = all.find((session) => session.id === state.selectedId)
  const directory = selected === undefined ? room.workDir : settingsDirectoryOf(selected)
  return openSpawn({ backends, hosts, role: 'crew', rig: selected?.rig ?? '', directory, command: room.shell })
}
