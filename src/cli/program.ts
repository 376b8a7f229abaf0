import { Command, CommanderError, type OutputConfiguration } from 'commander'
import { loadConfig } from '../config/load.ts'
import { DEFAULT_ROLES } from '../config/names.ts'
import { VERSION } from '../config/version.ts'
import type { Verb } from '../core/commands/verb.ts'
import { VERBS } from '../core/commands.ts'
import { ControlError, EXIT, fail } from '../core/errors.ts'
import type { HostConnection, VerbContext } from './context.ts'
import { HANDLERS, roleHandler } from './handlers.ts'
import { printError, printOutput } from './print.ts'
import { knownRoles } from './start-session.ts'
import type { VerbHandler } from './verb-input.ts'

/** The verb that every role answers to, under the role's own name. */
const ROLE_VERB = 'role'

/**
 * Runs one command line (without the program's own name) and resolves with its exit code. Nothing is thrown: failures are
 * printed. Every connection that a verb opened is closed.
 */
export async function runProgram(argv: readonly string[], context: VerbContext): Promise<number> {
  const isJson = wantsJson(argv)
  const connections = new Set<HostConnection>()
  const keep = <Connection extends HostConnection | undefined>(connection: Connection): Connection => {
    if (connection !== undefined) connections.add(connection)
    return connection
  }
  const kept: VerbContext = {
    ...context,
    connect: async () => keep(await context.connect()),
    connectExisting: async () => keep(await context.connectExisting()),
  }
  try {
    return await Promise.race([run(argv, kept, isJson), interrupted(context.signal)])
  } catch (error) {
    return isBrokenPipe(error) ? EXIT.ok : await printError(context, error, isJson)
  } finally {
    for (const connection of connections) connection.close()
  }
}

/** What shells call a program that the operator ended. */
const EXIT_INTERRUPTED = 130

function interrupted(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(EXIT_INTERRUPTED), { once: true })
  })
}

async function run(argv: readonly string[], context: VerbContext, isJson: boolean): Promise<number> {
  if (argv.every((word) => word === '--json')) return openRoom(context, isJson)
  const written: string[] = []
  let exit: number = EXIT.ok
  const roles = rolesFor(argv, context)
  const { own, rest } = splitRest(argv, roles)
  const program = buildProgram(roles, {
    output: { writeOut: (text) => written.push(text), writeErr: () => undefined },
    run: async (handler, input) => {
      const output = await (await handler())(context, { ...input, rest, isJson })
      if (output !== undefined) exit = await printOutput(context, output, isJson)
    },
  })
  try {
    await program.parseAsync(own, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw usageError(error)
  }
  for (const text of written) await context.stdout.write(text)
  return exit
}

async function openRoom(context: VerbContext, isJson: boolean): Promise<number> {
  if (!context.isTty || isJson) fail('terminal.required', { verb: 'The room' })
  await context.openRoom({})
  return EXIT.ok
}

/** What the parser calls when it knows the verb and its arguments. */
interface ProgramHooks {
  readonly output: OutputConfiguration
  readonly run: (
    handler: () => Promise<VerbHandler>,
    input: {
      readonly args: readonly (string | readonly string[] | undefined)[]
      readonly options: Record<string, unknown>
    },
  ) => Promise<void>
}

/** The parser, made from the command table. */
function buildProgram(roles: readonly string[], hooks: ProgramHooks): Command {
  const program = new Command('signalbox')
    .description('A control room for coding-agent sessions. Without a verb it opens the room.')
    .version(VERSION, '--version', 'print the version')
    .option('--json', 'print one JSON document, or one a line where it streams')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput(hooks.output)
  for (const verb of VERBS) {
    if (verb.name !== ROLE_VERB) addVerb(program, verb, { hooks, handler: handlerOf(verb.name), isHidden: false })
  }
  const roleVerb = VERBS.find(({ name }) => name === ROLE_VERB)
  for (const role of roles) {
    const handler = (): Promise<VerbHandler> => roleHandler(role)
    if (roleVerb !== undefined) addVerb(program, { ...roleVerb, name: role }, { hooks, handler, isHidden: true })
  }
  program.addHelpText('after', `\nRoles: ${roles.join(', ')}, each with attach, start or stop: signalbox mayor attach`)
  return program
}

function handlerOf(name: string): () => Promise<VerbHandler> {
  return HANDLERS[name] ?? fail('internal', { detail: `the verb ${name} has no handler` })
}

interface VerbSetup {
  readonly hooks: ProgramHooks
  readonly handler: () => Promise<VerbHandler>
  readonly isHidden: boolean
}

function addVerb(program: Command, verb: Verb, { hooks, handler, isHidden }: VerbSetup): void {
  const command = program
    .command(verb.name, { hidden: isHidden })
    .description(verb.help)
    .helpOption('--help', 'print this help')
  command.exitOverride().configureOutput(hooks.output).option('--json', `print JSON: ${verb.json}`)
  for (const each of verb.arguments) {
    const name = each.isVariadic === true ? `${each.name}...` : each.name
    command.argument(each.isOptional === true ? `[${name}]` : `<${name}>`, each.help)
  }
  for (const { flags, help } of verb.options) command.option(flags, help)
  command.addHelpText('after', `\nExamples:\n${verb.examples.map((example) => `  ${example}`).join('\n')}`)
  command.action(() => hooks.run(handler, { args: command.processedArgs, options: command.opts() }))
}

/** Takes what stands after `--` away from the parser where it is meant for the program of a new session. */
function splitRest(
  argv: readonly string[],
  roles: readonly string[],
): { readonly own: string[]; readonly rest: string[] } {
  const at = argv.indexOf('--')
  const verb = argv.find((word) => !word.startsWith('-')) ?? ''
  const takesRest = verb === 'spawn' || verb === 'sling' || roles.includes(verb)
  if (at < 0 || !takesRest) return { own: [...argv], rest: [] }
  return { own: argv.slice(0, at), rest: argv.slice(at + 1) }
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json')
}

/** The roles that are verbs: settings are read only when the verb is none of the known ones. */
function rolesFor(argv: readonly string[], { cwd }: VerbContext): readonly string[] {
  const verb = argv.find((word) => !word.startsWith('-'))
  const names = new Set(VERBS.map(({ name }) => name))
  if (verb === undefined || names.has(verb) || DEFAULT_ROLES.includes(verb)) return DEFAULT_ROLES
  return knownRoles(loadConfig(cwd)).filter((role) => !names.has(role))
}

/** The parser's complaint in our words: what is wrong, and the suggestion as the hint. */
function usageError(error: CommanderError): ControlError {
  const [first = '', ...others] = error.message.split('\n')
  const text = first
    .replace(/^error: /, '')
    .replace(/^unknown command/, 'unknown verb')
    .replace(/\.$/, '')
  const suggestion = /Did you mean (?:one of )?([^?)]+)\??\)?/.exec(others.join(' '))?.[1]
  const hint =
    suggestion === undefined
      ? 'Run `signalbox --help` to see the verbs, or a verb with --help.'
      : `Did you mean ${suggestion}?`
  return new ControlError('usage.invalid', { what: text.charAt(0).toUpperCase() + text.slice(1), hint })
}

/** The reader of our output went away: nothing is left to say. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
