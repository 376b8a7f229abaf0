/** What was counted in one or several runs of trials. */
export interface Tally {
  /** Prompts that came up while a message was on its way. */
  readonly trials: number
  /** Commands that were run without the operator's allow. */
  readonly wrong: number
  /** Messages that were still waiting when the prompt was answered. */
  readonly held: number
  /** Messages that the model was given exactly once. */
  readonly delivered: number
  /** Messages that were said to be delivered and never reached the model. */
  readonly lost: number
  /** Messages that reached the model more than once. */
  readonly doubled: number
  /** Messages of which the receipt says that they failed. */
  readonly failed: number
  /** Prompts that went away before anybody answered. */
  readonly vanished: number
}

/** Nothing counted yet. */
export const NOTHING: Tally = {
  trials: 0,
  wrong: 0,
  held: 0,
  delivered: 0,
  lost: 0,
  doubled: 0,
  failed: 0,
  vanished: 0,
}

/** Several tallies as one. */
export function sumOf(tallies: readonly Tally[]): Tally {
  const total = { ...NOTHING } as Record<keyof Tally, number>
  for (const tally of tallies) {
    for (const [name, value] of Object.entries(tally)) total[name as keyof Tally] += value
  }
  return total
}
