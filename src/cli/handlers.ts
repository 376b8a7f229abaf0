import type { VerbHandler } from './verb-input.ts'

/** The verbs of the command table that have code of their own; each is loaded when it is used. */
export const HANDLERS: Readonly<Record<string, () => Promise<VerbHandler>>> = {
  spawn: async () => (await import('./verbs/spawn.ts')).spawn,
  sling: async () => (await import('./verbs/sling.ts')).sling,
  agents: async () => (await import('./verbs/agents.ts')).agents,
  peek: async () => (await import('./verbs/peek.ts')).peek,
  attach: async () => (await import('./verbs/lifecycle.ts')).attach,
  interrupt: async () => (await import('./verbs/lifecycle.ts')).interrupt,
  stop: async () => (await import('./verbs/lifecycle.ts')).stop,
  resume: async () => (await import('./verbs/lifecycle.ts')).resume,
  pause: async () => (await import('./verbs/lifecycle.ts')).pause,
  unpause: async () => (await import('./verbs/lifecycle.ts')).unpause,
  fork: async () => (await import('./verbs/fork.ts')).fork,
  answer: async () => (await import('./verbs/answer.ts')).answer,
  nudge: async () => (await import('./verbs/messages.ts')).nudge,
  broadcast: async () => (await import('./verbs/messages.ts')).broadcast,
  mail: async () => (await import('./verbs/mail.ts')).mail,
  work: async () => (await import('./verbs/work.ts')).work,
  pool: async () => (await import('./verbs/work.ts')).pool,
  done: async () => (await import('./verbs/work.ts')).done,
  fail: async () => (await import('./verbs/work.ts')).failWork,
  logs: async () => (await import('./verbs/logs.ts')).logs,
  costs: async () => (await import('./verbs/costs.ts')).costs,
  metrics: async () => (await import('./verbs/metrics.ts')).metrics,
  wait: async () => (await import('./verbs/wait.ts')).wait,
  events: async () => (await import('./verbs/events.ts')).events,
  explain: async () => (await import('./verbs/explain.ts')).explain,
  completion: async () => (await import('./verbs/completion.ts')).completion,
  doctor: async () => (await import('./verbs/doctor.ts')).doctor,
  config: async () => (await import('./verbs/config.ts')).config,
  worktree: async () => (await import('./verbs/worktree.ts')).worktree,
  host: async () => (await import('./verbs/host.ts')).host,
  demo: async () => (await import('./verbs/demo.ts')).demo,
}

/** The handler of one role's verb. */
export async function roleHandler(role: string): Promise<VerbHandler> {
  return (await import('./verbs/role.ts')).roleVerb(role)
}
