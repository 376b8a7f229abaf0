import { openArena } from './approvals/asking-session.ts'
import { cross } from './approvals/crossing.ts'
import { answerLate, type LateTally } from './approvals/late-answers.ts'
import { race } from './approvals/racing.ts'
import { sumOf, type Tally } from './approvals/tally.ts'
import type { Bench, Figure, Figures } from './figures.ts'

/** How much is tried: sessions and prompts of each. */
const FULL = { claude: [4, 170], opencode: [2, 125], crossing: [2, 38], lateRounds: 20 } as const
const QUICK = { claude: [2, 12], opencode: [1, 8], crossing: [1, 4], lateRounds: 1 } as const

/**
 * Messages against prompts that are about to come up, on the real agents, and answers that come too late. Everything is denied,
 * or allowed by its own answer alone: whatever was run otherwise counts as a wrong approval.
 */
export const run: Bench = async ({ isQuick }) => {
  const { claude, opencode, crossing, lateRounds } = isQuick ? QUICK : FULL
  const seed = Number(process.env['APPROVALS_SEED'] ?? Date.now() % 100_000)
  await using arena = await openArena(seed)
  const typed = race(arena, { backend: 'claude', sessions: claude[0], trialsOfEach: claude[1] })
  const sent = race(arena, { backend: 'opencode', sessions: opencode[0], trialsOfEach: opencode[1] })
  const crossed = cross(arena, { sessions: crossing[0], trialsOfEach: crossing[1] })
  // All to their end: nothing may go on while the place is cleared away.
  await Promise.allSettled([typed, sent, crossed])
  const [typing, sending, meeting] = await Promise.all([typed, sent, crossed])
  const late = await Promise.all(
    ['claude', 'opencode'].map((backend) => answerLate(arena, { backend, rounds: lateRounds })),
  )
  return [
    ...raceFigures(sumOf([typing, sending, meeting]), seed),
    detail('typed into running Claude Code turns', typing),
    detail('sent into running Opencode turns', sending),
    detail("met the operator's own prompt to Claude Code", meeting),
    ...lateFigures(late),
  ]
}

function raceFigures(all: Tally, seed: number): Figures {
  const words = `${all.held} messages held back, ${all.delivered} delivered; seed ${seed}`
  const none = { unit: '', budget: { atMost: 0 } } as const
  return [
    { name: `wrong approvals, of ${all.trials} prompts that met a message`, value: all.wrong, ...none, note: words },
    { name: 'prompts that went away unanswered', value: all.vanished, ...none },
    { name: 'messages lost', value: all.lost, ...none },
    { name: 'messages delivered twice', value: all.doubled, ...none },
    { name: 'messages given up, and said so', value: all.failed, ...none },
  ]
}

function detail(name: string, { trials, wrong, held, delivered }: Tally): Figure {
  return {
    name: `  of them ${name}`,
    value: trials,
    unit: '',
    note: `${wrong} wrong, ${held} held, ${delivered} delivered`,
  }
}

function lateFigures(tallies: readonly LateTally[]): Figures {
  const sum = (of: keyof LateTally) => tallies.reduce((total, tally) => total + tally[of], 0)
  return [
    {
      name: `wrong approvals by late answers, of ${sum('prompts')} prompts`,
      value: sum('wrong'),
      unit: '',
      budget: { atMost: 0 },
      note: `${sum('refused')} of ${sum('answers')} late answers refused`,
    },
  ]
}
