import { fail } from '../../core/errors.ts'

/** What the extra arguments of a session choose; they go with every prompt. */
export interface LaunchOptions {
  readonly model?: { readonly providerID: string; readonly modelID: string }
  readonly agent?: string
  /** Instructions besides the prompt. */
  readonly system?: string
}

/**
 * Reads the extra arguments. A session of the shared server is no program of its own, so that only `--model PROVIDER/MODEL` and
 * `--agent NAME` mean something to it; anything else is `usage.invalid`.
 */
export function readLaunchOptions(args: readonly string[]): LaunchOptions {
  const rest = args.flatMap((arg) => (/^--\w+=/.test(arg) ? splitAssignment(arg) : [arg]))
  let options: LaunchOptions = {}
  for (let at = 0; at < rest.length; at += 2) {
    const [flag, value] = [rest[at], rest[at + 1]]
    if (value === undefined) refuse(`${flag} needs a value`)
    if (flag === '--agent') options = { ...options, agent: value }
    else if (flag === '--model' || flag === '-m') options = { ...options, model: readModel(value) }
    else refuse(`An opencode session does not take ${flag}`)
  }
  return options
}

function readModel(text: string): { readonly providerID: string; readonly modelID: string } {
  const slash = text.indexOf('/')
  if (slash < 1 || slash === text.length - 1) refuse(`"${text}" is not PROVIDER/MODEL`)
  return { providerID: text.slice(0, slash), modelID: text.slice(slash + 1) }
}

function splitAssignment(arg: string): readonly string[] {
  const at = arg.indexOf('=')
  return [arg.slice(0, at), arg.slice(at + 1)]
}

function refuse(what: string): never {
  fail('usage.invalid', { what, hint: 'Give --model PROVIDER/MODEL or --agent NAME; all else is in opencode.json.' })
}
