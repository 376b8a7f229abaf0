import { type Envelope, type Fact, sessionOfFact } from './facts.ts'
import type { RawSignal } from './raw-signal.ts'
import { isRunning, type Session, type Source } from './session.ts'

/** One change of what a session is, and what it was concluded from. */
export interface Transition {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly generation: number
  /** What it became, in words: `working`, `asks: Bash`, `asks no more (answered)`. */
  readonly became: string
  readonly source: Source
  readonly why: string
  /** The last thing heard before it; null when nothing was, or when a host before this one heard it. */
  readonly raw: RawSignal | null
}

/** Why a session is what it is. */
export interface Explanation {
  readonly session: Session
  /** Oldest first, the last few. */
  readonly transitions: readonly Transition[]
  /** What was heard lately, whether or not it changed anything; oldest first. */
  readonly heard: readonly RawSignal[]
}

/** How many transitions an explanation shows. */
export const TRANSITIONS_SHOWN = 30

/** The changes among facts that are about one session, oldest first; `rawOf` knows what each was concluded from. */
export function transitionsOf(
  session: Session,
  envelopes: readonly Envelope[],
  rawOf: (seq: number) => RawSignal | undefined,
): readonly Transition[] {
  const found: Transition[] = []
  let { generation } = session
  for (const { seq, at, fact } of envelopes.toReversed()) {
    if (sessionOfFact(fact) !== session.id) continue
    const change = changeIn(fact)
    if (change !== undefined) found.push({ seq, at, generation, ...change, raw: rawOf(seq) ?? null })
    if (fact.type === 'session.relaunched') generation = fact.generation - 1
    if (found.length === TRANSITIONS_SHOWN) break
  }
  return found.reverse()
}

/** Whether a fact changes what a session is said to be. */
export function isTransition(fact: Fact): boolean {
  return changeIn(fact) !== undefined
}

function changeIn(fact: Fact): Pick<Transition, 'became' | 'source' | 'why'> | undefined {
  switch (fact.type) {
    case 'session.registered':
      return { became: 'starting', source: 'host', why: fact.session.why }
    case 'session.ready':
      return { became: 'ready', source: fact.source, why: fact.why }
    case 'session.activity-changed':
      return { became: fact.activity, source: fact.source, why: fact.why }
    case 'session.need-raised':
      return { became: `needs you: ${fact.need.kind}`, source: fact.source, why: fact.need.title }
    case 'session.need-cleared':
      return { became: 'needs you no more', source: 'host', why: OUTCOMES[fact.outcome] }
    case 'session.paused':
      return { became: 'paused', source: 'operator', why: fact.why }
    case 'session.unpaused':
      return { became: 'paused no more', source: 'operator', why: fact.why }
    case 'session.exited':
      return { became: fact.failed ? 'failed' : 'stopped', source: 'process', why: fact.why }
    case 'session.restart-planned':
      return { became: 'to be started again', source: 'host', why: fact.why }
    case 'session.restart-cancelled':
      return { became: 'to stay ended', source: 'host', why: fact.why }
    case 'session.relaunched':
      return { became: 'starting again', source: 'host', why: fact.why }
    default:
      return undefined
  }
}

const OUTCOMES: Readonly<Record<Extract<Fact, { type: 'session.need-cleared' }>['outcome'], string>> = {
  answered: 'it was answered',
  'answered-elsewhere': "it was answered in the agent's own screen",
  withdrawn: 'it is no longer asked',
}

/** State and activity in one phrase, with the need when there is one: `running, waiting; needs you: permission (Bash)`. */
export function standingWords(session: Session): string {
  const { state, activity, need } = session
  const base = isRunning(session) ? `${state}, ${activity}` : state
  if (need === undefined) return base
  return `${base}; needs you: ${need.kind}${need.title === '' ? '' : ` (${need.title})`}`
}

/** A raw signal in one phrase: `hook: Stop background_tasks=0`. */
export function rawWords(raw: RawSignal | null): string {
  if (raw === null) return 'nothing on record'
  return [`${raw.source}:`, raw.what, raw.detail].filter((part) => part !== '').join(' ')
}

/** How much a source can be relied on, for the operator. */
export function sourceWords(source: Source): string {
  return SOURCE_WORDS[source]
}

const SOURCE_WORDS: Readonly<Record<Source, string>> = {
  process: 'the process itself',
  hook: "the agent's own hook",
  'status-file': "the agent's own status file",
  server: "the agent's own server",
  title: 'the terminal title (a guess)',
  screen: 'the screen (a guess)',
  silence: 'silence (a guess)',
  host: 'signalbox',
  operator: 'the operator',
}
