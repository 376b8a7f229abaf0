import type { RawDraft } from '../../core/raw-signal.ts'
import type { ActivityInput, ActivityState } from './activity-state.ts'

/**
 * What was heard, as it came, for `explain`; undefined for what changes nothing that is told: the hundreds of events of a stream of
 * text count once, and no text is kept.
 */
export function inputRaw(input: ActivityInput, before: ActivityState, after: ActivityState): RawDraft | undefined {
  const heard = (what: string, detail: string): RawDraft => ({ source: 'server', what, detail })
  switch (input.type) {
    case 'status': {
      const { status } = input
      const isKnown = status.type === 'busy' && before.running.has(input.session) && before.retry === after.retry
      const attempt = status.type === 'retry' ? ` attempt=${status.attempt} ${status.message}` : ''
      return isKnown ? undefined : heard('session.status', `${who(input.session, after)}${status.type}${attempt}`)
    }
    case 'failed':
      return heard('session.error', `${input.name} ${input.status ?? ''} ${input.message}`)
    case 'asked':
      return heard(`${input.request.kind}.asked`, `${who(input.session, after)}${input.request.id}`)
    case 'replied':
      return heard('replied', `${input.request} ${input.reply}`)
    case 'part':
    case 'delta':
      return before.doing === after.doing ? undefined : heard(`message.${input.type}`, after.doing)
    case 'message': {
      const { message } = input
      if (message.role === 'assistant' && !message.isComplete) return undefined
      return heard(
        'message.updated',
        `${who(input.session, after)}${message.role}${message.isComplete ? ' complete' : ''}`,
      )
    }
    case 'state-read':
      return heard(
        'state read',
        `status=${input.statuses[after.root]?.type ?? 'idle'} requests=${input.requests.length}`,
      )
    case 'lost':
      return heard('server lost', input.why)
    case 'prompted':
      return heard('prompt_async', 'taken')
    case 'unstarted':
    case 'settled':
      return { source: 'silence', what: input.type === 'settled' ? 'no second idle' : 'prompt not begun' }
    case 'answered':
      return { source: 'operator', what: 'answer given', detail: input.request }
    case 'deleted':
    case 'compacted':
    case 'child':
      return heard(`session.${input.type}`, input.session)
    default:
      return undefined
  }
}

function who(session: string, { root }: ActivityState): string {
  return session === root ? '' : 'sub-agent '
}
