import { isAddress, isAt } from '../core/address.ts'
import { ControlError, fail } from '../core/errors.ts'
import { IDENTITY_VARIABLES } from '../core/identity.ts'
import type { MessageId, SessionId } from '../core/ids.ts'
import type { OutgoingMessage } from '../core/message.ts'
import { decodeInputFrame } from '../wire/input-frame.ts'
import {
  type ClientNotifications,
  FRAME,
  PROTOCOL_VERSION,
  type RequestName,
  type Requests,
  type Result,
} from '../wire/protocol.ts'
import {
  createPeer,
  type Handlers,
  type HostSide,
  type Listeners,
  type Peer,
  type RequestContext,
} from '../wire/rpc.ts'
import type { Transport } from '../wire/transport.ts'
import { checkForAgents } from './agent-requests.ts'
import { createFactFeed, type FactFeed } from './fact-feed.ts'
import type { HostService } from './host-service.ts'
import type { Openings } from './openings.ts'
import { checkParams, checkSize, isNotification } from './request-checks.ts'
import { createPaneViewer, type PaneViewer } from './viewer.ts'

export interface ConnectionOptions {
  readonly transport: Transport
  readonly service: HostService
  /** What all clients of the host have open. */
  readonly openings: Openings
  readonly version: string
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number
  /** Ends the whole host; called after the client that asked for it has its answer. */
  readonly onStopped: () => void
  /** Gets what went wrong inside, for the log. */
  readonly onUnexpected: (error: unknown, name: string) => void
  /** Hears which sessions this client types into; none once it is gone. */
  readonly onFocus?: (viewer: object, ids: readonly SessionId[]) => void
}

/** One client of the host. */
export interface Connection {
  /** Says that the host is about to close the connection, and does. */
  stop(why: string): void
}

/** Answered whatever version asks, so that `host status` and `host stop` work across versions. */
const FOR_ANY_VERSION: ReadonlySet<string> = new Set<RequestName>([
  'host/hello',
  'host/health',
  'host/end-leftovers',
  'host/stop',
])

const DONE: Record<string, never> = {}

/** Everything that lives as long as one connection. */
interface Link {
  readonly options: ConnectionOptions
  readonly viewer: PaneViewer
  readonly facts: FactFeed
  isAdmitted: boolean
  /** The session that this client runs in; undefined = it is the operator's. */
  identity: SessionId | undefined
}

/** Serves one client over a transport until it closes. */
export function createConnection(options: ConnectionOptions): Connection {
  const { transport, service, now, onUnexpected } = options
  const viewer = createPaneViewer({ source: service, transport, now })
  const facts = createFactFeed(service, (envelope) => peer.notify('fact', envelope))
  const link: Link = { options, viewer, facts, isAdmitted: false, identity: undefined }
  const peer: Peer<HostSide> = createPeer<HostSide>(transport, {
    handlers: handlersOf(link),
    listeners: listenersOf(link),
    admit: (request, params) => {
      admit(link, request, params)
      checkParams(request, params)
    },
    onUnexpected,
  })
  transport.onFrame((frame) => {
    if (frame.type === FRAME.control) return
    const input = frame.type === FRAME.input && mayType(link) ? decodeInputFrame(frame.payload) : undefined
    if (input === undefined) transport.close('a frame that a client does not send')
    else guard(link, 'input', () => service.type(input.id, input.bytes))
  })
  transport.onClose(() => {
    viewer.close()
    facts.close()
    options.onFocus?.(link, [])
    for (const id of options.openings.of(link)) leave(link, id)
  })
  return {
    stop(why) {
      peer.notify('host/stopping', { why })
      transport.close(why)
    },
  }
}

function admit(link: Link, request: string, params: unknown): void {
  if (link.identity !== undefined) checkForAgents(request, params)
  if (link.isAdmitted || FOR_ANY_VERSION.has(request)) return
  fail('host.other-version', { theirs: link.options.version, ours: 'one that did not say hello' })
}

function mayType({ isAdmitted, identity }: Link): boolean {
  return isAdmitted && identity === undefined
}

/** What a client sends must never end the host. */
function guard(link: Link, name: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    noteUnexpected(link, name, error)
  }
}

function noteUnexpected({ options }: Link, name: string, error: unknown): void {
  // Typing into a session that just ended is nobody's mistake.
  if (!(error instanceof ControlError)) options.onUnexpected(error, name)
}

/** This client has the session open no more. */
function leave(link: Link, id: SessionId): void {
  const left = link.options.openings.leave(link, id)
  left.catch((error: unknown) => noteUnexpected(link, 'session/blur', error))
}

function listenersOf(link: Link): Listeners<ClientNotifications> {
  const heard =
    <Name extends keyof ClientNotifications>(name: Name, act: (params: ClientNotifications[Name]) => void) =>
    (params: ClientNotifications[Name]): void => {
      if (!link.isAdmitted) return
      if (isNotification(name, params)) guard(link, name, () => act(params))
      else link.options.transport.close(`a ${name} that is none`)
    }
  return {
    'panes/set': heard('panes/set', ({ panes }) => {
      link.viewer.setPanes(panes)
      const focused = panes.filter(({ isFocused }) => isFocused && mayType(link))
      link.options.onFocus?.(
        link,
        focused.map(({ id }) => id),
      )
    }),
    'panes/drawn': heard('panes/drawn', ({ frame }) => link.viewer.drawn(frame)),
    'session/blur': heard('session/blur', ({ id }) => leave(link, id)),
  }
}

function handlersOf(link: Link): Handlers<Requests> {
  const { service } = link.options
  return {
    ...hostHandlers(link),
    ...sessionHandlers(link),
    ...workHandlers(link),
    'need/answer': ({ id, needId, answer }) => done(service.answer(id, needId, answer)),
    'message/send': ({ id, message }) => service.sendMessage(id, signed(link, message)),
    'message/broadcast': ({ ids, message }) => service.broadcastMessage(ids, signed(link, message)),
    'message/mail': ({ to, message }) => service.sendMail(to, signed(link, message)),
    'message/cancel': ({ id }) => service.cancelMessage(id),
    'message/resend': ({ id }) => service.resendMessage(id),
    'message/acknowledge': ({ id, by }) => done(acknowledge(link, id, by)),
    'message/receipt': ({ id }) => service.receipt(id),
    'worktree/list': () => service.listWorktrees(),
    'worktree/remove': ({ id, isForced }) => service.removeWorktree(id, { isForced: isForced === true }),
    'worktree/restore': ({ id }) => service.restoreWorktree(id),
    'costs/report': (request) => service.costs(request),
    'metrics/report': () => service.metrics(),
    'facts/subscribe': ({ since }, context) => link.facts.open(context, since),
    'facts/unsubscribe': () => {
      link.facts.close()
      return DONE
    },
    'facts/list': ({ since, limit }) => service.factsSince(since ?? 0, Math.min(limit ?? FACTS_LISTED, FACTS_LISTED)),
  }
}

/** A message from inside a session is signed with that session's address, whatever it says. */
function signed({ identity, options }: Link, message: OutgoingMessage): OutgoingMessage {
  return identity === undefined ? message : { ...message, from: options.service.addressOf(identity) }
}

/** A program inside a session acknowledges as that session, and only what is for it: by its id, its name or its role. */
async function acknowledge({ identity, options }: Link, id: MessageId, by: string): Promise<void> {
  const { service } = options
  if (identity === undefined) return service.acknowledge(id, by)
  const [{ to }, session] = await Promise.all([service.receipt(id), service.getSession(identity)])
  const isForIt = isAddress(to) ? isAt(session, to) : to === identity
  if (!isForIt) fail('identity.operator-only', { request: 'message/acknowledge of what is for somebody else' })
  return service.acknowledge(id, identity)
}

/** Most facts in one answer: some of them carry a whole reply of an agent. */
const FACTS_LISTED = 2000

type SessionRequests = Pick<Requests, Extract<RequestName, `session/${string}`>>

function sessionHandlers(link: Link): Handlers<SessionRequests> {
  const { service } = link.options
  return {
    'session/spawn': (request) => service.spawnSession(request),
    'session/terminate': ({ id, isForced }) => done(service.terminateSession(id, { isForced: isForced === true })),
    'session/get': ({ id }) => service.getSession(id),
    'session/list': ({ filter }) => service.listSessions(filter),
    'session/assign': ({ id, work }) => service.assignWork(id, work),
    'session/interrupt': ({ id }) => done(service.interrupt(id)),
    'session/resume': ({ id }) => done(service.resume(id)),
    'session/fork': ({ id, ...request }) => service.fork(id, request),
    'session/pause': ({ id }) => done(service.pause(id)),
    'session/unpause': ({ id }) => done(service.unpause(id)),
    'session/read': ({ id }) => done(service.markRead(id)),
    'session/unread': ({ id }) => done(service.markUnread(id)),
    'session/snooze': ({ id, length }) => done(service.snooze(id, length)),
    'session/favour': ({ id, isFavourite }) => done(service.setFavourite(id, isFavourite)),
    'session/urge': ({ id, isUrgent }) => done(service.setUrgent(id, isUrgent)),
    'session/history': ({ id, limit }) => service.history(id, Math.min(limit, FACTS_LISTED)),
    'session/screen': ({ id, ...request }) => service.screen(id, request),
    'session/explain': ({ id }) => service.explain(id),
    'session/focus': async ({ id, size }) => {
      checkSize(size)
      await link.options.openings.open(link, id, size)
      if (link.options.transport.isClosed) leave(link, id)
      return DONE
    },
  }
}

type WorkRequests = Pick<Requests, Extract<RequestName, `work/${string}` | `pool/${string}`>>

/** A session speaks for its own work only; that is checked where the work is known. */
function workHandlers(link: Link): Handlers<WorkRequests> {
  const { service } = link.options
  return {
    'work/queue': (request) => service.queueWork(request),
    'work/end': ({ id, ...outcome }) => service.endWork(id, outcome, link.identity),
    'work/retry': ({ id }) => service.retryWork(id),
    'work/reassign': ({ id, ...handoff }) => service.reassignWork(id, handoff, link.identity),
    'work/rebalance': ({ rig }) => service.rebalance(rig),
    'pool/status': () => service.poolStatus(),
    'pool/drain': () => service.drainPool(),
    'pool/resume': () => service.resumePool(),
  }
}

type HostRequests = Pick<Requests, Extract<RequestName, `host/${string}`>>

function hostHandlers(link: Link): Handlers<HostRequests> {
  const { service } = link.options
  return {
    'host/hello': (params, context) => hello(link, params, context),
    'host/health': () => service.healthCheck(),
    'host/end-leftovers': () => service.endLeftovers(),
    'host/stop': async (_params, context) => {
      context.onReplied(link.options.onStopped)
      return done(service.stop())
    },
  }
}

function hello(link: Link, client: Requests['host/hello']['params'], context: RequestContext): Result<'host/hello'> {
  const { service, version, transport } = link.options
  if (client.protocol !== PROTOCOL_VERSION || client.version !== version) {
    context.onReplied(() => transport.close('another version'))
    fail('host.other-version', { theirs: version, ours: client.version })
  }
  const { identity } = client
  if (identity !== undefined && !service.isProven(identity.session, identity.token))
    fail('identity.refused', { variable: IDENTITY_VARIABLES.session })
  link.identity = identity?.session
  link.isAdmitted = true
  return { version, hostName: service.hostName, pid: process.pid, run: service.run }
}

async function done(work: Promise<void>): Promise<Record<string, never>> {
  await work
  return DONE
}
