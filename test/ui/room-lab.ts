import type { LinkState, RoomClient } from '../../src/client/reconnect.ts'
import { createEmitter } from '../../src/core/emitter.ts'
import { type Envelope, sessionOfFact } from '../../src/core/facts.ts'
import type { Fleet } from '../../src/core/fleet.ts'
import { createGrid, PLAIN_MODES, WORDS } from '../../src/core/grid.ts'
import { messageId, type SessionId } from '../../src/core/ids.ts'
import { type OutgoingMessage, queuedReceipt } from '../../src/core/message.ts'
import type { FactUpdate } from '../../src/core/orchestrator.ts'
import type { SpawnRequest } from '../../src/core/session.ts'
import type { PaneView, Picture } from '../../src/core/viewer.ts'
import { createChromeScreen } from '../../src/ui/panes/chrome-screen.ts'
import type { Clock } from '../../src/ui/room/clock.ts'
import type { ExitReason } from '../../src/ui/room/commander.ts'
import type { Marker } from '../../src/ui/room/markers.ts'
import { type RoomOptions, startRoom } from '../../src/ui/room.ts'
import type { FleetBuilder } from '../harness/fleets.ts'
import { START } from '../harness/fleets.ts'

/** Time that passes only when told. */
export interface LabClock extends Clock {
  advance(ms: number): void
}

export function labClock(start = START + 600_000): LabClock {
  let now = start
  let timers: { readonly at: number; readonly callback: () => void }[] = []
  return {
    now: () => now,
    schedule(callback, delayMs) {
      const timer = { at: now + delayMs, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((each) => each !== timer)
      }
    },
    soon: (callback) => void setImmediate(callback),
    advance(ms) {
      const end = now + ms
      for (;;) {
        const next = timers.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        timers = timers.filter((each) => each !== next)
        now = next.at
        next.callback()
      }
      now = end
    },
  }
}

/** A host in memory: the builder's fleet, and a record of what the room asked for. */
export interface LabClient extends RoomClient {
  readonly calls: unknown[][]
  readonly panes: readonly PaneView[]
  readonly typed: string[]
  publish(envelope: Envelope): void
  setLink(link: LinkState): void
  show(id: SessionId, lines: readonly string[], about?: Partial<Picture>): void
  /** What spawnSession answers. */
  onSpawn: (request: SpawnRequest) => Promise<SessionId>
}

export function labClient(builder: FleetBuilder): LabClient {
  const calls: unknown[][] = []
  const typed: string[] = []
  const pictures = new Map<SessionId, Picture>()
  const changes = createEmitter<ReadonlySet<SessionId>>()
  const links = createEmitter<LinkState>()
  const facts = createEmitter<FactUpdate>()
  let panes: readonly PaneView[] = []
  let messages = 0
  const record = async (...call: unknown[]): Promise<void> => void calls.push(call)
  const receipt = (to: SessionId, message: OutgoingMessage) => {
    messages += 1
    const full = {
      id: messageId(`m${messages}`),
      from: 'operator',
      to,
      type: message.type,
      body: message.body,
      sentAt: START,
      mode: 'boundary' as const,
      priority: 0,
      threadId: messageId(`m${messages}`),
    }
    client.publish(builder.apply({ type: 'message.queued', message: full }))
    return queuedReceipt(full)
  }
  const client: LabClient = {
    name: 'here',
    calls,
    typed,
    get panes() {
      return panes
    },
    state: { status: 'connected' },
    onState: (listener) => links.on(listener),
    setLink: (link) => links.emit(link),
    close: () => undefined,
    onSpawn: async () => builder.session('spawned'),
    async spawnSession(request) {
      calls.push(['spawn', request])
      return client.onSpawn(request)
    },
    terminateSession: (id) => record('terminate', id),
    getSession: async (id) => builder.fleet.sessions[id]!,
    listSessions: async () => Object.values(builder.fleet.sessions),
    assignWork: () => Promise.reject(new Error('not asked for')),
    async sendMessage(to, message) {
      calls.push(['send', to, message.body])
      return receipt(to, message)
    },
    async broadcastMessage(ids, message) {
      calls.push(['broadcast', ids, message.body])
      return ids.map((id) => receipt(id, message))
    },
    healthCheck: () => Promise.reject(new Error('not asked for')),
    endLeftovers: () => Promise.reject(new Error('not asked for')),
    async subscribe(listener) {
      listener({ type: 'snapshot', fleet: builder.fleet })
      return facts.on(listener)
    },
    answer: (id, needId, answer) => record('answer', id, needId, answer),
    interrupt: (id) => record('interrupt', id),
    resume: (id) => record('resume', id),
    fork: async (id) => {
      calls.push(['fork', id])
      const { seq } = builder.fleet
      const forked = builder.session('forked')
      // A host tells what has happened before it answers.
      for (const envelope of builder.since(seq)) client.publish(envelope)
      return forked
    },
    pause: (id) => record('pause', id),
    unpause: (id) => record('unpause', id),
    screen: () => Promise.reject(new Error('not asked for')),
    explain: async (id) => ({ session: builder.fleet.sessions[id]!, transitions: [], heard: [] }),
    sendMail: () => Promise.reject(new Error('not asked for')),
    cancelMessage: () => Promise.reject(new Error('not asked for')),
    resendMessage: () => Promise.reject(new Error('not asked for')),
    acknowledge: (id, by) => record('acknowledge', id, by),
    receipt: () => Promise.reject(new Error('not asked for')),
    costs: () => Promise.reject(new Error('not asked for')),
    metrics: () => Promise.reject(new Error('not asked for')),
    markRead: (id) => record('read', id),
    markUnread: (id) => record('unread', id),
    snooze: (id, length) => record('snooze', id, length),
    setFavourite: (id, isFavourite) => record('favour', id, isFavourite),
    setUrgent: (id, isUrgent) => record('urge', id, isUrgent),
    queueWork: () => Promise.reject(new Error('not asked for')),
    endWork: () => Promise.reject(new Error('not asked for')),
    retryWork: () => Promise.reject(new Error('not asked for')),
    reassignWork: () => Promise.reject(new Error('not asked for')),
    rebalance: () => Promise.reject(new Error('not asked for')),
    poolStatus: () => Promise.reject(new Error('not asked for')),
    drainPool: () => Promise.reject(new Error('not asked for')),
    resumePool: () => Promise.reject(new Error('not asked for')),
    history: async (id) => builder.since(0).filter(({ fact }) => sessionOfFact(fact) === id),
    setPanes(next) {
      panes = next
    },
    picture: (id) => pictures.get(id),
    onPictures: (listener) => changes.on(listener),
    drawn: () => void calls.push(['drawn']),
    type: (_, bytes) => void typed.push(new TextDecoder().decode(bytes)),
    focus: (id, size) => record('focus', id, size),
    blur: (id) => void calls.push(['blur', id]),
    publish: (envelope) => facts.emit({ type: 'fact', envelope }),
    show(id, lines, about = {}) {
      pictures.set(id, { ...pictureOf(lines), ...about })
      changes.emit(new Set([id]))
    },
  }
  return client
}

/** A picture of lines of ASCII, 120×40. */
export function pictureOf(lines: readonly string[]): Picture {
  const grid = createGrid(120, 40)
  lines.forEach((line, row) => {
    ;[...line].forEach((letter, column) => {
      grid.cells[(row * grid.cols + column) * WORDS] = (1 << 22) | (letter.codePointAt(0) ?? 32)
    })
  })
  const cursor = { x: lines.at(-1)?.length ?? 0, y: Math.max(0, lines.length - 1), visible: true }
  return {
    grid,
    cursor,
    modes: PLAIN_MODES,
    scrollOffset: 0,
    scrollLength: 200,
    liveTop: 200,
    revision: 1,
    surface: 'live',
  }
}

/** A room on a terminal in memory. */
export interface Lab {
  readonly client: LabClient
  /** What the host of the room has. */
  fleet(): Fleet
  readonly clock: LabClock
  readonly closed: Promise<ExitReason>
  /** What the operator sees. */
  text(): string
  /** Types, and waits until the screen shows the effect. */
  press(keys: string): Promise<void>
  /** Publishes a fact and waits until the screen shows it. */
  publish(envelope: Envelope): Promise<void>
  /** Waits for the next frame that satisfies the condition. */
  until(condition: () => boolean): Promise<void>
  resize(cols: number, rows: number): Promise<void>
  /** Waits until what happened before is on the screen. */
  settled(): Promise<void>
  /** How often Ink has drawn. */
  chromeFrames(): number
  readonly marker: Marker | undefined
  /** Everything that was written to the terminal. */
  readonly written: string
  quit(): Promise<ExitReason>
}

export interface LabOptions {
  readonly builder: FleetBuilder
  readonly cols?: number
  readonly rows?: number
  readonly room?: Partial<RoomOptions>
}

export async function openLab({ builder, cols = 120, rows = 40, room = {} }: LabOptions): Promise<Lab> {
  const client = labClient(builder)
  const clock = labClock()
  const screen = createChromeScreen(cols, rows)
  const frames = createEmitter<void>()
  const input = createEmitter<Uint8Array>()
  const resized = createEmitter<void>()
  let marker: Marker | undefined
  let written = ''
  let inputs = 0
  const stdout: RoomOptions['tty']['stdout'] & { columns: number; rows: number } = {
    columns: cols,
    rows,
    write(data: Uint8Array | string) {
      const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
      written += text
      screen.write(text)
      const found = /\x1b\]7717;(.*?)\x1b\\/.exec(text)
      if (found !== null) {
        marker = JSON.parse(found[1]!) as Marker
        frames.emit()
      }
      return true
    },
    on: (event, listener) => void (event === 'resize' && resized.on(() => listener(new Error()))),
    off: () => undefined,
  }
  const stdin = {
    setRawMode: () => undefined,
    on: (event: string, listener: (chunk: Uint8Array) => void) => void (event === 'data' && input.on(listener)),
    off: () => undefined,
    resume: () => undefined,
    pause: () => undefined,
  }
  const ignored = () => undefined
  const events = { pid: 0, on: ignored, off: ignored, removeAllListeners: ignored, kill: ignored, exit: ignored }
  const closed = startRoom({
    client,
    tty: { stdin, stdout },
    env: { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' },
    workDir: '/srv/api',
    testMarkers: true,
    clock,
    process: events,
    ...room,
  })

  async function until(condition: () => boolean): Promise<void> {
    if (condition()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const off = frames.on(() => {
      if (condition()) resolve()
    })
    await Promise.race([promise, closed])
    off()
  }

  await until(() => marker !== undefined && marker.seq === builder.fleet.seq)
  // The operator has looked at the room for a while before the first key.
  clock.advance(1000)
  const lab: Lab = {
    client,
    fleet: () => builder.fleet,
    clock,
    closed,
    text: () => screen.text().join('\n'),
    async press(keys) {
      inputs += 1
      const wanted = inputs
      input.emit(new TextEncoder().encode(keys))
      if (keys.endsWith('\x1b')) clock.advance(30)
      await until(() => (marker?.inputs ?? 0) >= wanted)
    },
    async publish(envelope) {
      client.publish(envelope)
      await until(() => (marker?.seq ?? 0) >= envelope.seq)
    },
    until,
    async resize(newCols, newRows) {
      stdout.columns = newCols
      stdout.rows = newRows
      screen.resize(newCols, newRows)
      const frame = marker?.frame ?? 0
      resized.emit()
      await until(() => (marker?.frame ?? 0) > frame)
    },
    async settled() {
      await lab.press('\x1b[I')
    },
    chromeFrames: () => marker?.chrome ?? 0,
    get marker() {
      return marker
    },
    get written() {
      return written
    },
    async quit() {
      input.emit(new TextEncoder().encode('q'))
      return closed
    },
  }
  return lab
}
