import type { Verb, VerbArgument, VerbOption } from '../../core/commands/verb.ts'

/** What can stand at one place of a command line. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** The names of the sessions there are, asked for when they are wanted. */
  | { readonly kind: 'sessions' }
  /** Something that only the operator knows, or a file. */
  | { readonly kind: 'anything' }

/** An option as shells complete it. */
export interface CompletedOption {
  /** With its dashes: `--wait`. */
  readonly flag: string
  readonly help: string
  readonly takesValue: boolean
  readonly values: Candidates
}

/** A verb as shells complete it. */
export interface CompletedVerb {
  readonly name: string
  readonly help: string
  readonly options: readonly CompletedOption[]
  readonly arguments: readonly Candidates[]
  /** The last argument may be given again and again. */
  readonly isOpenEnded: boolean
}

const ANYTHING: Candidates = { kind: 'anything' }

/** Options that every verb takes. */
const EVERYWHERE: readonly CompletedOption[] = [
  { flag: '--json', help: 'print JSON', takesValue: false, values: ANYTHING },
  { flag: '--help', help: 'print the help of the verb', takesValue: false, values: ANYTHING },
]

/** The verbs of the command table as shells complete them; the role verb stands under the name of each role. */
export function completedVerbs(verbs: readonly Verb[], roles: readonly string[]): readonly CompletedVerb[] {
  return verbs.flatMap((verb) => {
    const names = verb.name === 'role' ? roles : [verb.name]
    return names.map((name) => completedVerb({ ...verb, name }))
  })
}

function completedVerb({ name, help, arguments: args, options }: Verb): CompletedVerb {
  return {
    name,
    help: firstSentence(help),
    options: [...options.map(completedOption), ...EVERYWHERE],
    arguments: args.map(candidatesOf),
    isOpenEnded: args.some(({ isVariadic }) => isVariadic === true),
  }
}

function completedOption({ flags, help, choices }: VerbOption): CompletedOption {
  const [flag = ''] = flags.split(' ')
  return { flag, help, takesValue: flags.includes('<'), values: choices === undefined ? ANYTHING : wordsOf(choices) }
}

function candidatesOf({ name, choices }: VerbArgument): Candidates {
  if (name === 'session') return { kind: 'sessions' }
  return choices === undefined ? ANYTHING : wordsOf(choices)
}

function wordsOf(words: readonly string[]): Candidates {
  return { kind: 'words', words }
}

/** Lists of candidates have room for one line. */
function firstSentence(help: string): string {
  return /^.*?[.;:](?=\s|$)/.exec(help)?.[0].slice(0, -1) ?? help
}
