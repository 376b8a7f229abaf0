import { fail } from '../../core/errors.ts'
import { tableText } from '../table.ts'
import type { VerbHandler } from '../verb-input.ts'

/** Runs the demo, in a room unless that is declined. */
export const demo: VerbHandler = async (context, input) => {
  const hasRoom = input.options['room'] !== false
  if (hasRoom && (!context.isTty || input.isJson)) fail('terminal.required', { verb: 'demo' })
  const sessions = await context.runDemo({ hasRoom })
  if (hasRoom) return undefined
  const rows = sessions.map(({ backend, role, agentName, rig, state, activity, why }) => [
    backend,
    role,
    agentName,
    rig,
    state,
    activity,
    why,
  ])
  return { json: sessions, text: tableText(['BACKEND', 'ROLE', 'NAME', 'RIG', 'STATE', 'ACTIVITY', 'WHY'], rows) }
}
