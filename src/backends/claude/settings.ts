import { isObject, type JsonObject } from '../../core/json.ts'
import type { HookChannel } from '../backend.ts'

/** The moments this adapter has to hear of; each registered hook costs an agent some milliseconds when it fires. */
const EVENTS = [
  'UserPromptSubmit',
  'PreToolUse',
  'PermissionRequest',
  'PostToolUse',
  'PostToolUseFailure',
  'Stop',
  'StopFailure',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
  'SessionEnd',
] as const

/** Long enough for an operator who comes back after the weekend. */
const HELD_SECONDS = 7 * 24 * 3600
const REPORT_SECONDS = 5
/** The tool waits while a key is on its way. */
const BEGIN_SECONDS = 15

const SECONDS: Readonly<Record<string, number>> = { PermissionRequest: HELD_SECONDS, PreToolUse: BEGIN_SECONDS }

/** The settings of one session: hooks that report to the channel, added to the user's own. Holds a secret: never on a command line. */
export function hookSettings(channel: HookChannel): JsonObject {
  const hook = (timeout: number) => ({ type: 'http', url: channel.url, headers: channel.headers, timeout })
  const entries = EVENTS.map((event) => {
    return [event, [{ hooks: [hook(SECONDS[event] ?? REPORT_SECONDS)] }]]
  })
  return { hooks: Object.fromEntries(entries) }
}

/** The operator's own `--settings` with ours beside them: hooks are added up, everything else is theirs. */
export function mergeSettings(theirs: JsonObject, ours: JsonObject): JsonObject {
  const hooks = new Map<string, unknown[]>()
  for (const source of [theirs['hooks'], ours['hooks']]) {
    for (const [event, list] of Object.entries(isObject(source) ? source : {})) {
      hooks.set(event, [...(hooks.get(event) ?? []), ...(Array.isArray(list) ? list : [])])
    }
  }
  return { ...ours, ...theirs, hooks: Object.fromEntries(hooks) }
}
