/** What a notice is about; there is one for each topic at most. */
export type NoticeTopic = 'journal' | 'disk' | 'leftovers'

/** Something about the host itself that the operator should know, for as long as it holds. */
export interface Notice {
  readonly topic: NoticeTopic
  /** Two or three words, for the header. */
  readonly title: string
  /** What happened, what was not lost, and what to do. */
  readonly text: string
}

/** A change of what the host says about itself. */
export type NoticeFact =
  | { readonly type: 'host.noticed'; readonly notice: Notice }
  | { readonly type: 'host.settled'; readonly topic: NoticeTopic }

export type Notices = Readonly<Partial<Record<NoticeTopic, Notice>>>

/** The notices after one more fact. */
export function reduceNotices(notices: Notices, fact: NoticeFact): Notices {
  if (fact.type === 'host.noticed') return { ...notices, [fact.notice.topic]: fact.notice }
  const { [fact.topic]: _, ...rest } = notices
  return rest
}

/** A process that a session left behind when its host ended. */
export interface Leftover {
  readonly pid: number
  /** The session's id. */
  readonly session: string
  /** What it runs. */
  readonly command: string
}

/** What became of a damaged journal; `isEndLost`: the end of its log was unreadable, so that nobody knows what stood there. */
interface RepairWords {
  readonly copy: string
  readonly kept: number
  readonly isEndLost: boolean
}

/** The journal was damaged: what became of it. */
export function repairNotice({ copy, kept, isEndLost }: RepairWords): Notice {
  const what = kept === 0 ? 'nothing in it could be read' : `the ${kept} facts that could be read are here`
  const end = isEndLost
    ? ' What was written last, messages among it, may be missing: the end of its log was damaged, or torn by a power cut.'
    : ''
  return {
    topic: 'journal',
    title: 'journal repaired',
    text: `The journal was damaged; ${what}, and the damaged file is kept as ${copy}.${end} Conversations of agents are not in it and are all there.`,
  }
}

/** Nothing can be written to the disk at the moment. */
export function diskNotice(detail: string): Notice {
  return {
    topic: 'disk',
    title: 'disk trouble',
    text: `The journal cannot be written (${detail}). Sessions go on and nothing that was accepted is lost, but no message, work or session is accepted until there is room.`,
  }
}

/** Processes of ended sessions still run. */
export function leftoversNotice(count: number): Notice {
  const processes = count === 1 ? 'A process' : `${count} processes`
  return {
    topic: 'leftovers',
    title: count === 1 ? '1 leftover process' : `${count} leftover processes`,
    text: `${processes} that sessions started under an earlier host still run. \`signalbox doctor\` lists them, \`signalbox doctor --fix\` ends them.`,
  }
}
