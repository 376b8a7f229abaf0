/** A positional argument of a verb. */
export interface VerbArgument {
  readonly name: string
  readonly help: string
  readonly isOptional?: boolean
  readonly isVariadic?: boolean
  /** All that it can be; shells complete it. */
  readonly choices?: readonly string[]
}

/** An option of a verb in the usual notation: `--role <role>`, `--json`. */
export interface VerbOption {
  readonly flags: string
  readonly help: string
  readonly isHidden?: boolean
  /** All that its value can be; shells complete it. */
  readonly choices?: readonly string[]
}

/** How a command is used on the command line; help texts, shell completion and docs/cli.md are made from this. */
export interface Verb {
  readonly name: string
  readonly help: string
  readonly arguments: readonly VerbArgument[]
  readonly options: readonly VerbOption[]
  readonly examples: readonly string[]
  /** What `--json` prints. */
  readonly json: string
}

/** An argument that names a session has the name `session`: shells complete the names of sessions there. */
export const argument = (name: string, help: string, choices?: readonly string[]): VerbArgument => ({
  name,
  help,
  ...(choices === undefined ? {} : { choices }),
})
export const optional = (name: string, help: string, choices?: readonly string[]): VerbArgument => ({
  ...argument(name, help, choices),
  isOptional: true,
})
export const variadic = (name: string, help: string): VerbArgument => ({ name, help, isVariadic: true })
export const option = (flags: string, help: string, choices?: readonly string[]): VerbOption => ({
  flags,
  help,
  ...(choices === undefined ? {} : { choices }),
})

const STATES = ['starting', 'running', 'paused', 'stopped', 'failed']
const ACTIVITIES = ['working', 'waiting', 'idle', 'unknown']

export const FILTER_OPTIONS: readonly VerbOption[] = [
  option('--backend <backend>', 'only sessions of this backend'),
  option('--rig <rig>', 'only sessions of this rig'),
  option('--role <role>', 'only sessions of this role'),
  option('--state <state>', `only sessions in this state (${STATES.join(', ')})`, STATES),
  option('--activity <activity>', `only sessions with this activity (${ACTIVITIES.join(', ')})`, ACTIVITIES),
]
