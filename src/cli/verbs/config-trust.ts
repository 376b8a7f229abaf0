import { settingsAround } from '../../config/load.ts'
import { trustFileIn } from '../../config/paths.ts'
import { type HeldSetting, readSettings, type SettingsFile } from '../../config/settings-file.ts'
import { countingReader } from '../../config/trust.ts'
import { createTrustStore } from '../../config/trust-store.ts'
import { fail } from '../../core/errors.ts'
import { identityFrom } from '../../core/identity.ts'
import type { VerbContext } from '../context.ts'
import type { Output } from '../print.ts'
import { rowText } from '../table.ts'

/** Lets settings count that a repository brought along, as they are now. */
export function trust(context: VerbContext, directory: string): Output {
  const trustFile = trustFileFor(context, 'config trust')
  const store = createTrustStore(trustFile)
  const files = settingsAround(directory, countingReader(trustFile)).filter(({ held }) => held !== undefined)
  for (const { file, text } of files) store.trust(file, text)
  return {
    json: { directory, files: files.map(({ file, held = [] }) => ({ file, settings: held.map(shownSetting) })) },
    text: files.length === 0 ? `All settings of ${directory} count already.` : files.flatMap(trustedLines).join('\n'),
  }
}

/** Takes that back. */
export function untrust(context: VerbContext, directory: string): Output {
  const store = createTrustStore(trustFileFor(context, 'config untrust'))
  const files = settingsAround(directory, readSettings)
    .map(({ file }) => file)
    .filter((file) => store.forget(file))
  const lines = files.map((file) => rowText([`${file} is not trusted any more.`]))
  return {
    json: { directory, files },
    text: files.length === 0 ? `No settings of ${directory} were trusted.` : lines.join('\n'),
  }
}

/** The record of what is trusted, for the operator alone: an agent would let its own repository run programs. */
function trustFileFor(context: VerbContext, request: string): string {
  if (identityFrom(context.env) !== undefined) fail('identity.operator-only', { request })
  return trustFileIn(context.stateDirectory())
}

function trustedLines({ file, held = [] }: SettingsFile): readonly string[] {
  const said = held.map(shownSetting).map(({ path, value }) => rowText([' ', path, JSON.stringify(value)]))
  return [rowText([`${file} counts as it is now; once it has changed it does not any more.`]), ...said]
}

function shownSetting({ path, value }: HeldSetting): { readonly path: string; readonly value: unknown } {
  return { path: path.join('.'), value }
}
