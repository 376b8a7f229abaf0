import type { JsonObject } from '../../core/json.ts'
import { NO_DECISION } from './answers.ts'
import type { PermissionRequest } from './hooks.ts'

/** The requests for permission whose hooks are held open until somebody answers. Each is replied to exactly once. */
export interface HeldRequests {
  /** Holds a request; resolves with the reply that is given to it. */
  hold(request: PermissionRequest): Promise<JsonObject>
  find(key: string): PermissionRequest | undefined
  /** Replies; without a reply the decision stays with the agent's own screen. Does nothing when it is not held. */
  reply(key: string, reply?: JsonObject): void
  releaseAll(): void
}

/** No requests held. */
export function createHeldRequests(): HeldRequests {
  const held = new Map<string, { readonly request: PermissionRequest; readonly resolve: (reply: JsonObject) => void }>()
  const reply = (key: string, value: JsonObject = NO_DECISION) => {
    const each = held.get(key)
    held.delete(key)
    each?.resolve(value)
  }
  return {
    hold: (request) => new Promise((resolve) => held.set(request.key, { request, resolve })),
    find: (key) => held.get(key)?.request,
    reply,
    releaseAll: () => {
      for (const key of [...held.keys()]) reply(key)
    },
  }
}
