import { type JsonObject, objectsIn } from '../../core/json.ts'
import type { RawDraft } from '../../core/raw-signal.ts'
import type { Observation } from './activity-state.ts'
import { textOf } from './hooks.ts'

/** Fields of hooks that decide something and say nothing about the work itself. */
const FIELDS = ['tool_name', 'tool_use_id', 'agent_id', 'reason', 'error', 'trigger', 'source'] as const

/** A hook as it came, for `explain`: its name and what decides, never prompts, commands or replies. */
export function hookRaw(body: JsonObject): RawDraft {
  const name = textOf(body['hook_event_name']) ?? 'without a name'
  const fields = FIELDS.flatMap((field) => {
    const value = textOf(body[field])
    return value === undefined ? [] : [`${field}=${value}`]
  })
  const tasks = objectsIn(body['background_tasks']).map(
    (task) => `${textOf(task['type']) ?? 'task'}:${textOf(task['status']) ?? '?'}`,
  )
  const background = tasks.length === 0 ? [] : [`background_tasks=${tasks.join(',')}`]
  const text = name === 'StopFailure' ? (textOf(body['last_assistant_message']) ?? '') : ''
  return { source: 'hook', what: name, detail: [...fields, ...background, text].join(' ') }
}

/** What else was observed, as it came; undefined for hooks, which are noted as a whole. */
export function observationRaw(seen: Observation): RawDraft | undefined {
  switch (seen.type) {
    case 'hook':
      return undefined
    case 'status':
      return { source: 'status-file', what: 'status file', detail: readingWords(seen.reading) }
    case 'screen': {
      const detail = seen.dialog === undefined ? `prompt ${seen.hasPrompt ? 'shown' : 'not shown'}` : seen.dialog.title
      return { source: 'screen', what: 'screen', detail }
    }
    case 'settled':
      return { source: 'status-file', what: 'status file after a second of quiet' }
    case 'answered':
      return { source: 'operator', what: 'answer given through the held hook', detail: seen.key }
    case 'dropped':
      return { source: 'hook', what: 'PermissionRequest', detail: `the agent hung up ${seen.key}` }
  }
}

function readingWords(reading: Extract<Observation, { type: 'status' }>['reading']): string {
  if (reading.kind !== 'found') return reading.kind
  const waiting = reading.waitingFor === undefined ? '' : ` waitingFor=${reading.waitingFor}`
  return `status=${reading.status ?? 'none'}${waiting}`
}
