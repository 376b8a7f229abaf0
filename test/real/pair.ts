import { afterAll, beforeAll } from 'vitest'
import { type AgentsClient, connectAgents, type SteeredSession } from '../harness/agents-client.ts'
import { type AgentsSite, openAgentsSite } from '../harness/agents-site.ts'

/** A session of Claude Code, and one of Opencode. */
export type Name = 'ada' | 'otto'

/** For `it.each`. */
export const BOTH = [['ada'], ['otto']] as const

/** Both real agents in one room, with everything that cases need to steer them. */
export interface Pair {
  readonly site: AgentsSite
  readonly agents: AgentsClient
  readonly of: (name: Name) => SteeredSession
}

/** The pair of a file, made before its first test and cleared away after its last one. */
export function sharedPair(): () => Pair {
  let pair: Pair | undefined
  beforeAll(async () => {
    pair = await startPair()
  })
  afterAll(async () => {
    pair?.agents[Symbol.dispose]()
    await pair?.site[Symbol.asyncDispose]()
  })
  return () => pair!
}

async function startPair(): Promise<Pair> {
  // Claude Code would try for minutes what the model refuses.
  const site = await openAgentsSite({ CLAUDE_CODE_MAX_RETRIES: '1' })
  const agents = await connectAgents(site)
  const allow = JSON.stringify({ permissions: { allow: ['Bash(sleep:*)'] } })
  const [ada, otto] = await Promise.all([
    agents.start({ backend: 'claude', agentName: 'ada', args: ['--settings', allow] }),
    agents.start({ backend: 'opencode', agentName: 'otto' }),
  ])
  await Promise.all([ada.rests(), otto.rests()])
  const sessions = { ada, otto }
  return { site, agents, of: (name) => sessions[name] }
}
