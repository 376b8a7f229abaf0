import type { Command, CommandScope } from '../src/core/commands/command.ts'
import type { Verb } from '../src/core/commands/verb.ts'
import { COMMAND_IDS, COMMANDS } from '../src/core/commands.ts'
import { EXIT } from '../src/core/errors.ts'

const NOTICE = '<!-- Generated from the command table by `npm run docs`. Do not edit. -->'

const SCOPES: Readonly<Record<CommandScope, string>> = {
  room: 'Anywhere',
  selection: 'On the selected session, or the marked ones',
  need: 'On what the selected session asks',
  focus: 'While you type into a session',
}

const table: readonly Command[] = COMMAND_IDS.map((id) => COMMANDS[id])

/** docs/keys.md */
export function keysDocument(): string {
  const sections = (Object.keys(SCOPES) as CommandScope[]).map((scope) => keySection(scope))
  return `${[NOTICE, '# Keys', KEYS_INTRODUCTION, ...sections].join('\n\n')}\n`
}

const KEYS_INTRODUCTION = `Every key of the room; \`?\` shows the same list in the room itself. A key that makes no sense at the moment says why
instead of doing something else. \`ctrl+\` and \`shift+\` are held down with the key that follows; capital letters are typed with Shift.`

function keySection(scope: CommandScope): string {
  const rows = table
    .filter((command) => command.scope === scope && command.keys.length > 0)
    .map((command) => [keysText(command.keys), command.title, helpText(command)])
  return `## ${SCOPES[scope]}\n\n${markdownTable(['Key', 'Command', 'What it does'], rows)}`
}

function keysText(keys: readonly string[]): string {
  const isRange = keys.length > 3
  return isRange ? `${code(keys[0] ?? '')}–${code(keys.at(-1) ?? '')}` : keys.map(code).join(' ')
}

function helpText({ help, confirm }: Command): string {
  return confirm === undefined ? help : `${help} Asks first.`
}

/** docs/cli.md */
export function cliDocument(): string {
  const verbs = table.flatMap(({ verb }) => verb ?? [])
  return `${[NOTICE, '# Command line', CLI_INTRODUCTION, exitSection(), ...verbs.map(verbSection)].join('\n\n')}\n`
}

const CLI_INTRODUCTION = `\`signalbox\` without a verb opens the room. Every verb takes \`--json\`: one JSON document on standard output, or one a line where
it streams. Failures are one sentence and a hint on standard error, with \`--json\` \`{"error": {"code", "message", "hint"}}\`. A
session is named by its agent name, by \`rig/name\`, or by at least four characters from the start of its id. A host is started when
a verb needs one and none runs.`

const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done',
  failed: 'failed',
  usage: 'wrong usage or settings',
  notFound: 'not found',
  hostUnreachable: 'host unreachable',
  backendUnavailable: 'backend or program unavailable',
  refused: 'refused for safety',
  timedOut: 'timed out',
}

function exitSection(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[]
  const rows = names.map((name) => [String(EXIT[name]), EXIT_MEANINGS[name]])
  return `## Exit codes\n\n${markdownTable(['Code', 'Meaning'], rows)}`
}

function verbSection(verb: Verb): string {
  const entries = [
    ...verb.arguments.map(({ name, help }) => [code(name), help]),
    ...verb.options.filter(({ isHidden }) => isHidden !== true).map(({ flags, help }) => [code(flags), help]),
  ]
  return [
    `## ${verb.name === 'role' ? 'ROLE' : verb.name}`,
    verb.help,
    `    ${usageOf(verb)}`,
    ...(entries.length === 0 ? [] : [markdownTable(['Argument or option', 'Meaning'], entries)]),
    `With \`--json\`: ${verb.json}.`,
    ['```sh', ...verb.examples, '```'].join('\n'),
  ].join('\n\n')
}

function usageOf(verb: Verb): string {
  const words = verb.arguments.map(({ name, isOptional, isVariadic }) => {
    const text = isVariadic === true ? `${name}...` : name
    return isOptional === true ? `[${text}]` : `<${text}>`
  })
  const name = verb.name === 'role' ? 'ROLE' : verb.name
  return ['signalbox', name, ...words, ...(verb.options.length === 0 ? [] : ['[options]'])].join(' ')
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}
