import fc from 'fast-check'

/** How many inputs a target gets, and from which seed they are made. */
export interface FuzzEffort {
  readonly inputs: number
  readonly seed: number
}

/** What a run found: no failure, or the smallest input that still fails. */
export interface FuzzOutcome {
  readonly inputs: number
  readonly failure: string | undefined
}

/** One part of the program that takes bytes or text from outside. */
export interface FuzzTarget {
  readonly name: string
  /** Its part of all inputs, beside the other targets' parts: what is parsed most and costs least gets most. */
  readonly share: number
  /** Gives it so many inputs, one after the other; what it keeps between them is made and disposed of here. */
  run(effort: FuzzEffort): Promise<FuzzOutcome>
}

/** Takes one input; throws when what must hold does not. */
export type Attempt<Input> = (input: Input) => void | Promise<void>

interface TargetParts<Input> {
  readonly name: string
  readonly share: number
  readonly input: fc.Arbitrary<Input>
  /** Opens what all inputs of a run share. */
  open(): { readonly attempt: Attempt<Input>; readonly close?: () => void }
}

/** A target whose inputs are made and made smaller by fast-check. */
export function createTarget<Input>({ name, share, input, open }: TargetParts<Input>): FuzzTarget {
  return {
    name,
    share,
    async run({ inputs, seed }) {
      const { attempt, close } = open()
      try {
        const property = fc.asyncProperty(input, async (each) => attempt(each))
        const details = await fc.check(property, { numRuns: inputs, seed, endOnFailure: false, maxSkipsPerRun: 0 })
        const failure = details.failed
          ? `${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}`
          : undefined
        return { inputs: details.numRuns, failure }
      } finally {
        close?.()
      }
    },
  }
}
