import { addressOf } from './address.ts'
import type { Session } from './session.ts'

/** Sessions of this role are the operator's own, and are told nothing. */
const OWN_ROLE = 'crew'

/** What a role of the operator's making is there for stands in its settings. */
const OTHER_DUTY = 'You do what your role is for, and report when it is done or cannot be done.'

/** What the roles that work together are there for. */
const DUTIES: Readonly<Record<string, string>> = {
  mayor: 'You coordinate the other agents: split the work, give it out, and keep the operator informed.',
  deacon: 'You watch over the town: look for agents that are stuck or silent, and report them to the mayor.',
  witness: 'You watch over the workers of this rig: help those that are stuck, and report to the mayor.',
  refinery: 'You review and integrate what the workers of this rig have finished.',
  polecat: 'You do one piece of work at a time, and report when it is done or cannot be done.',
}

/** How an agent runs `signalbox`: as it is, or with what proves who it is before it. */
export interface GuideOptions {
  readonly command: string
}

/**
 * What an agent is told about its role and the others: its address, and how to write to them, to read its mail and to report
 * its work. Undefined for the role without a duty.
 */
export function roleGuide(
  session: Pick<Session, 'rig' | 'agentName' | 'role'>,
  { command }: GuideOptions,
): string | undefined {
  if (session.role === OWN_ROLE) return undefined
  const duty = DUTIES[session.role] ?? OTHER_DUTY
  return [
    `You are ${addressOf(session)}, role ${session.role}, one of several agents that an operator runs with signalbox. ${duty}`,
    'You can reach the others from your shell:',
    `- \`${command} agents\` lists them with what they do`,
    `- \`${command} mail send ADDRESS "TEXT"\` writes to one: mayor/, ${session.rig}/witness, RIG/NAME; your own mail comes to you between turns`,
    `- \`${command} mail list\` shows what was sent to you, \`${command} mail ack ID\` says that you have dealt with it`,
    `- \`${command} nudge NAME "TEXT"\` asks one for something short; \`${command} sling WORK RIG\` gives out work`,
    `- \`${command} done "WHAT YOU DID"\` or \`${command} fail "WHY"\` ends the work that you were given`,
    'Do not wait for answers: end your turn, they come by themselves.',
  ].join('\n')
}
