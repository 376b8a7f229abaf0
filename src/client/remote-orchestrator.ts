import type { MeasureVerbs } from '../core/measure-verbs.ts'
import type { Orchestrator } from '../core/orchestrator.ts'
import type { WorkVerbs } from '../core/work-verbs.ts'
import type { ClientSide, Peer } from '../wire/rpc.ts'
import type { FleetMirror } from './fleet-mirror.ts'

/** The orchestrator's methods, each one request to the host. `name` is the client's own. */
export function createRemoteOrchestrator(peer: Peer<ClientSide>, mirror: FleetMirror): Omit<Orchestrator, 'name'> {
  return {
    spawnSession: (request) => peer.call('session/spawn', request),
    async terminateSession(id, options = {}) {
      await peer.call('session/terminate', { id, ...options })
    },
    getSession: (id) => peer.call('session/get', { id }),
    listSessions: (filter) => peer.call('session/list', filter === undefined ? {} : { filter }),
    assignWork: (id, work) => peer.call('session/assign', { id, work }),
    sendMessage: (id, message) => peer.call('message/send', { id, message }),
    broadcastMessage: (ids, message) => peer.call('message/broadcast', { ids, message }),
    healthCheck: () => peer.call('host/health', {}),
    endLeftovers: () => peer.call('host/end-leftovers', {}),
    subscribe: (listener) => mirror.subscribe(listener),
    async answer(id, needId, answer) {
      await peer.call('need/answer', { id, needId, answer })
    },
    async interrupt(id) {
      await peer.call('session/interrupt', { id })
    },
    async resume(id) {
      await peer.call('session/resume', { id })
    },
    fork: (id, request = {}) => peer.call('session/fork', { id, ...request }),
    async pause(id) {
      await peer.call('session/pause', { id })
    },
    async unpause(id) {
      await peer.call('session/unpause', { id })
    },
    screen: (id, request = {}) => peer.call('session/screen', { id, ...request }),
    explain: (id) => peer.call('session/explain', { id }),
    sendMail: (to, message) => peer.call('message/mail', { to, message }),
    cancelMessage: (id) => peer.call('message/cancel', { id }),
    resendMessage: (id) => peer.call('message/resend', { id }),
    async acknowledge(id, by) {
      await peer.call('message/acknowledge', { id, by })
    },
    receipt: (id) => peer.call('message/receipt', { id }),
    async markRead(id) {
      await peer.call('session/read', { id })
    },
    async markUnread(id) {
      await peer.call('session/unread', { id })
    },
    async snooze(id, length) {
      await peer.call('session/snooze', length === undefined ? { id } : { id, length })
    },
    async setFavourite(id, isFavourite) {
      await peer.call('session/favour', { id, isFavourite })
    },
    async setUrgent(id, isUrgent) {
      await peer.call('session/urge', { id, isUrgent })
    },
    ...remoteWork(peer),
    history: (id, limit) => peer.call('session/history', { id, limit }),
  }
}

function remoteWork(peer: Peer<ClientSide>): WorkVerbs & MeasureVerbs {
  return {
    queueWork: (request) => peer.call('work/queue', request),
    endWork: (id, outcome) => peer.call('work/end', { id, ...outcome }),
    retryWork: (id) => peer.call('work/retry', { id }),
    reassignWork: (id, handoff) => peer.call('work/reassign', { id, ...handoff }),
    rebalance: (rig) => peer.call('work/rebalance', rig === undefined ? {} : { rig }),
    poolStatus: () => peer.call('pool/status', {}),
    drainPool: () => peer.call('pool/drain', {}),
    resumePool: () => peer.call('pool/resume', {}),
    costs: (request) => peer.call('costs/report', request),
    metrics: () => peer.call('metrics/report', {}),
  }
}
