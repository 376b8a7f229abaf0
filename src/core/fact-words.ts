import type { Envelope, Fact } from './facts.ts'
import type { NeedOutcome } from './need.ts'
import type { Usage } from './session.ts'

/** A fact in words for the operator: what happened, who says so, and why. */
export interface FactWords {
  readonly what: string
  /** The part of the system that it comes from; empty when nobody is named. */
  readonly source: string
  readonly why: string
}

const OUTCOMES: Readonly<Record<NeedOutcome, string>> = {
  answered: 'answered from outside its screen',
  'answered-elsewhere': 'answered in its own screen',
  withdrawn: 'it no longer asks',
}

/** What a fact says. A fact of a type that is not known here is called by its type. */
export function factWords({ fact, at }: Envelope): FactWords {
  return (
    lifeWords(fact) ??
    attentionWords(fact, at) ??
    workWords(fact) ??
    poolWords(fact) ??
    trafficWords(fact) ??
    words(fact.type, '', '')
  )
}

function words(what: string, source: string, why: string): FactWords {
  return { what, source, why }
}

function lifeWords(fact: Fact): FactWords | undefined {
  switch (fact.type) {
    case 'session.registered': {
      const { backend, role, workDir } = fact.session
      return words('registered', 'host', `${backend}, ${role}, in ${workDir}`)
    }
    case 'session.launched':
      return words('launched', 'host', fact.pid === undefined ? '' : `process ${fact.pid}`)
    case 'session.ready':
      return words('ready', fact.source, fact.why)
    case 'session.activity-changed':
      return words(fact.activity, fact.source, fact.why)
    case 'session.need-raised':
      return words(`asks: ${fact.need.kind}`, fact.source, joined([fact.need.title, firstLine(fact.need.body)]))
    case 'session.need-cleared':
      return words('asks no longer', fact.outcome === 'answered' ? 'operator' : 'host', OUTCOMES[fact.outcome])
    case 'session.identified':
      return words('conversation', 'host', `its own id is ${fact.resumeId}`)
    case 'session.exited':
      return words(fact.failed ? 'failed' : 'ended', 'process', joined([fact.why, exitWords(fact)]))
    case 'session.relaunched':
      return words('started again', 'host', joined([`generation ${fact.generation}`, fact.why]))
    case 'session.restart-planned':
      return words('to be started again', 'host', fact.why)
    case 'session.restart-cancelled':
      return words('stays ended', 'host', fact.why)
    case 'session.removed':
      return words('removed', 'operator', 'it left the list')
    default:
      return undefined
  }
}

function attentionWords(fact: Fact, at: number): FactWords | undefined {
  switch (fact.type) {
    case 'session.replied':
      return words('replied', 'agent', firstLine(fact.text))
    case 'session.read':
      return words('read', 'operator', 'its reply was looked at')
    case 'session.marked-unread':
      return words('marked unread', 'operator', '')
    case 'session.snoozed':
      return words(fact.snooze === undefined ? 'back' : 'snoozed', 'host', joined([fact.why, untilWords(fact, at)]))
    case 'session.favoured':
      return words(fact.isFavourite ? 'favourite' : 'no favourite', 'operator', '')
    case 'session.paused':
      return words('paused', 'operator', fact.why)
    case 'session.unpaused':
      return words('goes on', 'operator', fact.why)
    case 'session.urged':
      return words(fact.isUrgent ? 'urgent' : 'no longer urgent', 'operator', '')
    default:
      return undefined
  }
}

function trafficWords(fact: Fact): FactWords | undefined {
  switch (fact.type) {
    case 'session.used':
      return words('used', 'agent', usageWords(fact.usage))
    case 'session.branch-changed':
      return words('branch', 'host', `${fact.branch}, ${fact.dirtyFiles} uncommitted, ${fact.ahead} commits of its own`)
    case 'session.resized':
      return words('resized', 'operator', `${fact.size.cols}×${fact.size.rows}`)
    case 'message.queued':
      return words(`${fact.message.type} queued`, fact.message.from, firstLine(fact.message.body))
    case 'message.held':
      return words('message held back', 'host', fact.why)
    case 'message.returned':
      return words('message queued again', 'host', fact.why)
    case 'message.proven':
      return words('message still there', 'host', fact.messageId)
    case 'message.acknowledged':
      return words('message acknowledged', fact.by, fact.messageId)
    case 'message.advanced':
      return words(`message ${fact.receipt.status}`, 'host', fact.receipt.error ?? '')
    case 'backend.changed':
      return words(`${fact.backend} ${fact.health.status}`, 'host', fact.health.detail)
    default:
      return undefined
  }
}

function workWords(fact: Fact): FactWords | undefined {
  switch (fact.type) {
    case 'work.queued':
      return words('work queued', 'operator', joined([fact.work.id, firstLine(fact.work.description)]))
    case 'work.assigned':
      return words('work assigned', 'host', joined([fact.workId, fact.why]))
    case 'work.accepted':
      return words('work accepted', 'agent', fact.workId)
    case 'work.requeued':
      return words('work queued again', 'host', joined([fact.workId, fact.why]))
    case 'work.explained':
      return words('work waits', 'host', joined([fact.workId, fact.why]))
    case 'work.ended':
      return words(`work ${fact.status}`, 'host', joined([fact.workId, fact.why]))
    default:
      return undefined
  }
}

function poolWords(fact: Fact): FactWords | undefined {
  switch (fact.type) {
    case 'pool.paused':
      return words('pool paused', 'host', fact.why)
    case 'host.noticed':
      return words(fact.notice.title, 'host', fact.notice.text)
    case 'host.settled':
      return words(`${fact.topic} settled`, 'host', '')
    case 'pool.drained':
      return words('pool drained', 'operator', 'it gives out no work')
    case 'pool.resumed':
      return words('pool resumed', 'operator', '')
    default:
      return undefined
  }
}

function exitWords({ exit }: Extract<Fact, { type: 'session.exited' }>): string {
  if (exit.signal !== undefined) return `signal ${exit.signal}`
  return exit.code === undefined ? '' : `exit code ${exit.code}`
}

function untilWords({ snooze }: Extract<Fact, { type: 'session.snoozed' }>, at: number): string {
  if (snooze === undefined) return ''
  if (snooze.until === undefined) return 'until it changes'
  return `for ${Math.max(1, Math.round((snooze.until - at) / 60_000))} min`
}

function usageWords(usage: Usage): string {
  return joined([
    usage.inputTokens === undefined ? '' : `${usage.inputTokens} tokens in`,
    usage.outputTokens === undefined ? '' : `${usage.outputTokens} out`,
    usage.costUsd === undefined ? '' : `$${usage.costUsd.toFixed(2)}`,
    usage.contextPercent === undefined ? '' : `context ${Math.round(usage.contextPercent)} %`,
    usage.model ?? '',
  ])
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ')
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? ''
  return line.length < text.trim().length ? `${line} …` : line
}
