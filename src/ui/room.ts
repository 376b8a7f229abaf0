import { ulid } from 'ulid'
import type { RoomClient } from '../client/reconnect.ts'
import type { SessionId } from '../core/ids.ts'
import type { RoomSettings } from '../core/room-settings.ts'
import { createScope, type Dispose, type Scope } from '../core/scope.ts'
import type { MountChrome } from './room/chrome.tsx'
import { type Clock, SYSTEM_CLOCK } from './room/clock.ts'
import { type Commander, type ExitReason, say, sayError } from './room/commander.ts'
import { type Follower, followClient } from './room/follow.ts'
import { createLiveSettings, type FollowSettings, type LiveSettings } from './room/live-settings.ts'
import { loadChrome } from './room/load-chrome.ts'
import { markerSequence } from './room/markers.ts'
import { createNotifier } from './room/notifier.ts'
import { createRoomInput, type RoomInput } from './room/room-input.ts'
import { createRoomScreen, type RoomScreen } from './room/screen.ts'
import { expireToasts } from './room/toasts.ts'
import { createRoomStore } from './store/room-store.ts'
import type { EndReason, ProcessEvents } from './terminal/lifecycle.ts'
import type { OutputStream } from './terminal/output.ts'
import { type InputStream, openRoomTerminal, type RoomTerminal } from './terminal/room-terminal.ts'
import { themeFor } from './theme/choose-theme.ts'

/** What a room is opened with. */
export interface RoomOptions {
  readonly client: RoomClient
  readonly tty: { readonly stdin: InputStream; readonly stdout: OutputStream }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Directory that sessions are started in unless the operator says otherwise. */
  readonly workDir: string
  /** Opens in focus of this session, and ends when the operator leaves it. */
  readonly attach?: SessionId | undefined
  /** The operator's own; the defaults unless given. */
  readonly settings?: RoomSettings | undefined
  /** Hears of changes of the settings while the room is open. */
  readonly followSettings?: FollowSettings | undefined
  /** Writes after each frame which inputs and facts it shows, for tests. */
  readonly testMarkers?: boolean
  readonly clock?: Clock
  readonly process?: ProcessEvents
  /** The process ends by a signal or a crash; the terminal is given back already. */
  readonly onEnd?: (reason: EndReason) => void
}

/** Opens the room on the operator's terminal; resolves when it is closed and the terminal given back. */
export async function startRoom(options: RoomOptions): Promise<ExitReason> {
  const mount = await loadChrome()
  const { promise, resolve } = Promise.withResolvers<ExitReason>()
  const scope = createScope()
  try {
    await assemble(options, { mount, scope, exit: resolve }).start()
    return await promise
  } finally {
    scope.close()
  }
}

interface RoomParts {
  readonly mount: MountChrome
  readonly scope: Scope
  readonly exit: (reason: ExitReason) => void
}

const encoder = new TextEncoder()

/** Puts the parts together; they are released by the scope, the terminal last. */
function assemble(options: RoomOptions, { mount, scope, exit }: RoomParts): Follower {
  const { client, tty, env, clock = SYSTEM_CLOCK } = options
  const settings = createLiveSettings(options.settings, options.followSettings)
  const { keymap } = settings
  const store = createRoomStore({ cols: tty.stdout.columns ?? 80, rows: tty.stdout.rows ?? 24 })
  const terminal: RoomTerminal = openRoomTerminal({
    ...tty,
    process: options.process ?? (process as unknown as ProcessEvents),
    mouse: true,
    schedule: (callback, delayMs) => clock.schedule(callback, delayMs),
    onInput: (chunk) => input.push(chunk),
    onResize: ({ cols, rows }) => screen.resize(cols, rows),
    onReady: () => screen.resume(),
    onRepaint: () => screen.repaint(),
    onEnd: (reason) => options.onEnd?.(reason),
    onGone: () => exit('gone'),
  })
  scope.add(() => terminal.close())
  const screen: RoomScreen = createRoomScreen({
    store,
    viewer: client,
    keymap,
    theme: themeFor(settings.current.theme, env),
    env,
    clock,
    mount,
    write: (bytes) => terminal.write(bytes),
    onError: (error) => sayError(room, error),
    onFrame(frame, { focusedId, fleet }) {
      if (options.testMarkers !== true) return
      const focused = focusedId ?? null
      const drawn = { inputs: input.chunks, seq: fleet.seq, focused, frame, chrome: screen.chromeFrames }
      terminal.write(encoder.encode(markerSequence(drawn)))
    },
  })
  scope.add(() => screen.dispose())
  const room: Commander = {
    store,
    orchestrator: client,
    viewer: client,
    keymap,
    clock,
    workDir: options.workDir,
    shell: env['SHELL'] || 'sh',
    lastKeyUntil: (time) => input.lastKeyUntil(time),
    isTyping: () => input.isTyping(),
    paneRows: (id) => (id === undefined ? 0 : (screen.panes.pane(id)?.rect.rows ?? 0)),
    newId: ulid,
    copy: (text) => terminal.copy(text),
    exit,
    suspend: () => terminal.suspend(),
  }
  const input: RoomInput = createRoomInput({ room, screen, reportsAll: options.testMarkers === true })
  scope.add(() => input.dispose())
  scope.add(expireToasts(store, clock))
  scope.add(applySettings(settings, { room, terminal, env }))
  const follower = followClient({ room, client, painter: screen.painter, terminal, attach: options.attach })
  scope.add(() => follower.dispose())
  return follower
}

interface SettingsUsers {
  readonly room: Commander
  readonly terminal: RoomTerminal
  readonly env: RoomOptions['env']
}

/** Calls the operator as the settings say, and takes over what changes in them. */
function applySettings(settings: LiveSettings, { room, terminal, env }: SettingsUsers): Dispose {
  const { store, clock } = room
  const notifier = createNotifier({ store, clock, terminal, env, settings: settings.current.notifications })
  const stop = settings.start({
    say: (tone, text) => say(room, tone, text),
    onChange: ({ notifications }) => notifier.apply(notifications),
  })
  return () => {
    stop()
    notifier.dispose()
  }
}
