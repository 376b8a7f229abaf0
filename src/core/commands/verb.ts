/** A positional argument of a verb. */
export interface VerbArgument {
  readonly name: string
  readonly help: string
  readonly isOptional?: boolean
  readonly isVariadic?: boolean
}

/** An option of a verb in the usual notation: `--role <role>`, `--json`. */
export interface VerbOption {
  readonly flags: string
  readonly help: string
  readonly isHidden?: boolean
}

/** How a command is used on the command line; help texts and docs/cli.md are made from this. */
export interface Verb {
  readonly name: string
  readonly help: string
  readonly arguments: readonly VerbArgument[]
  readonly options: readonly VerbOption[]
  readonly examples: readonly string[]
  /** What `--json` prints. */
  readonly json: string
}

export const argument = (name: string, help: string): VerbArgument => ({ name, help })
export const optional = (name: string, help: string): VerbArgument => ({ name, help, isOptional: true })
export const variadic = (name: string, help: string): VerbArgument => ({ name, help, isVariadic: true })
export const option = (flags: string, help: string): VerbOption => ({ flags, help })

export const FILTER_OPTIONS: readonly VerbOption[] = [
  option('--backend <backend>', 'only sessions of this backend'),
  option('--rig <rig>', 'only sessions of this rig'),
  option('--role <role>', 'only sessions of this role'),
  option('--state <state>', 'only sessions in this state (starting, running, paused, stopped, failed)'),
  option('--activity <activity>', 'only sessions with this activity (working, waiting, idle, unknown)'),
]
