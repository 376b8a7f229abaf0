import { type JsonObject, objectOf, objectsIn } from '../../core/json.ts'
import type { NeedDraft } from '../../core/need.ts'

/** A request for permission whose hook is held open. */
export interface PermissionRequest {
  readonly key: string
  readonly tool: string
  readonly input: JsonObject
  readonly suggestions: readonly JsonObject[]
  /** The subagent that asks; undefined for the conversation itself. */
  readonly subagent: string | undefined
  readonly callId: string | undefined
  readonly need: NeedDraft
}

/** Something that goes on behind a turn that has ended. */
export interface BackgroundTask {
  readonly words: string
  readonly isShell: boolean
}

/** What a hook reports, reduced to what matters here. */
export type HookEvent =
  | { readonly type: 'prompted'; readonly prompt: string }
  | {
      readonly type: 'tool-started'
      readonly tool: string
      readonly input: JsonObject
      readonly subagent: string | undefined
    }
  | { readonly type: 'tool-ended'; readonly callId: string | undefined; readonly subagent: string | undefined }
  | { readonly type: 'asked'; readonly request: PermissionRequest }
  | { readonly type: 'stopped'; readonly text: string; readonly background: readonly BackgroundTask[] }
  | { readonly type: 'failed'; readonly error: string; readonly text: string }
  | { readonly type: 'subagent-stopped'; readonly background: readonly BackgroundTask[] }
  | { readonly type: 'compacting' }
  | { readonly type: 'compacted' }
  | { readonly type: 'ended' }

/** The event in a hook's body, but for requests for permission, which need a name first. Undefined for what is of no use here. */
export function readHook(body: JsonObject): HookEvent | undefined {
  const subagent = textOf(body['agent_id'])
  switch (body['hook_event_name']) {
    case 'UserPromptSubmit':
      return { type: 'prompted', prompt: textOf(body['prompt']) ?? '' }
    case 'PreToolUse':
      return {
        type: 'tool-started',
        tool: textOf(body['tool_name']) ?? '',
        input: objectOf(body['tool_input']),
        subagent,
      }
    case 'PostToolUse':
    case 'PostToolUseFailure':
      return { type: 'tool-ended', callId: textOf(body['tool_use_id']), subagent }
    case 'Stop':
      return { type: 'stopped', text: textOf(body['last_assistant_message']) ?? '', background: runningTasks(body) }
    case 'StopFailure':
      return {
        type: 'failed',
        error: textOf(body['error']) ?? 'unknown',
        text: textOf(body['last_assistant_message']) ?? '',
      }
    case 'SubagentStop':
      return {
        type: 'subagent-stopped',
        background: runningTasks(body, subagent),
      }
    case 'PreCompact':
      return { type: 'compacting' }
    case 'PostCompact':
      return { type: 'compacted' }
    case 'SessionEnd':
      return body['reason'] === 'clear' || body['reason'] === 'resume' ? undefined : { type: 'ended' }
    default:
      return undefined
  }
}

/** What goes on behind a turn that has ended, in words. */
function runningTasks(body: JsonObject, except?: string): readonly BackgroundTask[] {
  const tasks = objectsIn(body['background_tasks'])
  return tasks
    .filter((task) => task['status'] === 'running' && task['id'] !== except)
    .map((task) => ({
      words: textOf(task['description']) || textOf(task['command']) || textOf(task['type']) || 'task',
      isShell: task['type'] === 'shell',
    }))
}

/** A text field; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
