import { relative } from 'node:path'
import { type Explained, explainRole } from '../../config/effective.ts'
import { type Config, loadConfig } from '../../config/load.ts'
import { warningsFor } from '../../config/runtime.ts'
import { warningText } from '../../config/settings-file.ts'
import { effectiveSettings } from '../../config/show.ts'
import { fail } from '../../core/errors.ts'
import type { VerbContext } from '../context.ts'
import { existingDirectory } from '../find-rig.ts'
import type { Output } from '../print.ts'
import { knownRoles } from '../start-session.ts'
import { rowText, tableText } from '../table.ts'
import { argumentAt, argumentsAt, textOption, type VerbHandler, type VerbInput } from '../verb-input.ts'
import { syncInstructions } from './config-instructions.ts'
import { trust, untrust } from './config-trust.ts'
import { validate } from './config-validate.ts'

/** Shows, explains and checks the settings of towns and rigs. Needs no host. */
export const config: VerbHandler = async (context, input) => {
  const action = argumentAt(input, 0)
  if (action === 'show') return show(context, input)
  if (action === 'explain') return explain(context, input)
  if (action === 'validate') return validate(context, argumentsAt(input, 1))
  if (action === 'sync-instructions') return syncInstructions(context, argumentsAt(input, 1))
  if (action === 'trust') return trust(context, await oneRig(context, input))
  if (action === 'untrust') return untrust(context, await oneRig(context, input))
  return fail('usage.invalid', {
    what: `config takes show, explain, validate, trust, untrust or sync-instructions, not "${action}"`,
  })
}

function oneRig(context: VerbContext, input: VerbInput): Promise<string> {
  const [given, ...more] = argumentsAt(input, 1)
  if (more.length > 0) fail('usage.invalid', { what: `config ${argumentAt(input, 0)} takes one rig` })
  return rigDirectory(context, given)
}

async function show(context: VerbContext, input: VerbInput): Promise<Output> {
  const settings = loadConfig(await oneRig(context, input))
  const { town, rig } = settings
  const files = [rig.file, town?.file].filter((file) => file !== undefined)
  const all = effectiveSettings(settings)
  const warnings = warningsOf(settings)
  const text =
    all.length === 0
      ? `No settings hold for ${rig.directory}: the defaults do.`
      : tableText(
          ['SETTING', 'VALUE', 'FROM'],
          all.map(({ path, value, from }) => [path, valueText(value), placeText(context, from)]),
        )
  return { json: { rig: rig.name, directory: rig.directory, files, settings: all, warnings }, text, notes: warnings }
}

async function explain(context: VerbContext, input: VerbInput): Promise<Output> {
  const [role, given, ...more] = argumentsAt(input, 1)
  if (role === undefined || more.length > 0) fail('usage.invalid', { what: 'config explain takes a role and a rig' })
  const settings = loadConfig(await rigDirectory(context, given))
  const known = knownRoles(settings)
  if (!known.includes(role)) fail('role.unknown', { role, known })
  const all = explainRole(settings, role, textOption(input, 'name'))
  const lines = all.flatMap((each) => explainedLines(context, each))
  const warnings = warningsOf(settings)
  return { json: { role, rig: settings.rig.name, settings: all, warnings }, text: lines.join('\n'), notes: warnings }
}

function explainedLines(context: VerbContext, { name, value, why, from, overridden }: Explained): readonly string[] {
  const first = rowText([
    name.padEnd(NAME_COLUMNS),
    valueText(value),
    `(${why}${from === null ? '' : `, ${placeText(context, from)}`})`,
  ])
  const others = overridden.map(
    (each) => `${' '.repeat(NAME_COLUMNS)}  not ${valueText(each.value)} (${placeText(context, each.from)})`,
  )
  return [first, ...others]
}

const NAME_COLUMNS = 14

/** A rig as a directory, or by its name in the town of the current directory. */
async function rigDirectory(context: VerbContext, given = '.'): Promise<string> {
  const { town } = loadConfig(context.cwd)
  try {
    return await existingDirectory(context.cwd, given)
  } catch (error) {
    if (town === undefined) throw error
    return existingDirectory(town.root, given)
  }
}

function warningsOf(settings: Config): readonly string[] {
  const provider = settings.rig.settings?.runtime?.hooks?.provider
  return warningsFor(settings, provider).map(warningText)
}

function valueText(value: unknown): string {
  return value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value)
}

/** A place is shorter seen from here, when it is below. */
function placeText({ cwd }: VerbContext, from: string | null): string {
  if (from === null) return 'default'
  const near = relative(cwd, from)
  return near.startsWith('..') ? from : near
}
