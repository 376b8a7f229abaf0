import { DEFAULT_ROLES } from '../../config/names.ts'
import { VERBS } from '../../core/commands.ts'
import { fail } from '../../core/errors.ts'
import { fullName } from '../../core/resolve.ts'
import { isLive } from '../../core/session.ts'
import { bashScript } from '../completion/bash.ts'
import { type CompletedVerb, completedVerbs } from '../completion/completed-verbs.ts'
import { fishScript } from '../completion/fish.ts'
import { zshScript } from '../completion/zsh.ts'
import type { VerbContext } from '../context.ts'
import type { Output } from '../print.ts'
import { argumentAt, type VerbHandler } from '../verb-input.ts'

const SCRIPTS: Readonly<Record<string, (verbs: readonly CompletedVerb[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** Prints the script of a shell, or the names that it offers. */
export const completion: VerbHandler = async (context, input) => {
  const shell = argumentAt(input, 0)
  if (shell === 'sessions') return sessionNames(context)
  const script = SCRIPTS[shell]
  if (script === undefined)
    return fail('usage.invalid', { what: `completion takes bash, zsh, fish or sessions, not "${shell}"` })
  const text = script(completedVerbs(VERBS, DEFAULT_ROLES))
  return { json: text, text: text.trimEnd() }
}

/** Never starts a host: nobody who presses Tab wants that. A short name is offered where it is unique. */
async function sessionNames({ connect, connectExisting }: VerbContext): Promise<Output> {
  const isRunning = (await connectExisting()) !== undefined
  const sessions = isRunning ? await (await connect()).listSessions() : []
  const live = sessions.filter(isLive)
  const short = live.map(({ agentName }) => agentName)
  const unique = short.filter((name) => short.indexOf(name) === short.lastIndexOf(name))
  const names = [...new Set([...unique, ...sessions.map(fullName)])]
  return { json: names, text: names.join('\n') }
}
