import type { JsonObject } from '../../core/json.ts'
import { type PermissionRequest, textOf } from './hooks.ts'
import { readRequest } from './needs.ts'

/** Finds requests for permission among the hooks of one session, and gives each a name of its own. */
export interface RequestReader {
  /** The request in a hook's body; undefined for any other hook. Every hook must be shown to it. */
  read(body: JsonObject): PermissionRequest | undefined
}

const CALLS_KEPT = 50

/** A request does not say which tool call it is about; the last call with the same tool and input does. */
export function createRequestReader(workDir: string): RequestReader {
  const calls = new Map<string, string>()
  let count = 0
  return {
    read(body) {
      const name = JSON.stringify([body['agent_id'], body['tool_name'], body['tool_input']])
      const id = textOf(body['tool_use_id'])
      if (body['hook_event_name'] === 'PreToolUse' && id !== undefined) {
        if (calls.size >= CALLS_KEPT) calls.clear()
        calls.set(name, id)
      }
      if (body['hook_event_name'] !== 'PermissionRequest') return undefined
      count += 1
      const callId = calls.get(name)
      return readRequest(body, { key: `${callId ?? 'request'}-${count}`, callId, workDir })
    },
  }
}
