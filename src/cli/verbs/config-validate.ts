import { resolve } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { warningText } from '../../config/settings-file.ts'
import { readCountingSettings } from '../../config/trust.ts'
import { EXIT, toControlError } from '../../core/errors.ts'
import type { VerbContext } from '../context.ts'
import type { Output } from '../print.ts'

/** What was found in one settings file. */
interface Checked {
  readonly file: string
  readonly ok: boolean
  /** Each with file and line. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** Checks settings files: the ones that are named, else those that hold in the current directory. */
export function validate(context: VerbContext, given: readonly string[]): Output {
  const files = given.length > 0 ? given.map((file) => checkFile(resolve(context.cwd, file))) : checkHere(context)
  const isOk = files.every(({ ok }) => ok)
  return {
    json: { ok: isOk, files },
    text: files.length === 0 ? 'There are no settings here; the defaults hold.' : files.flatMap(linesOf).join('\n'),
    exit: isOk ? EXIT.ok : EXIT.usage,
  }
}

function linesOf({ file, ok, errors, warnings }: Checked): readonly string[] {
  const marked = warnings.map((warning) => `warning  ${warning}`)
  return ok ? [`ok       ${file}`, ...marked] : errors.map((error) => `FAILED   ${error}`)
}

function checkFile(file: string): Checked {
  return check(file, () => {
    const read = readCountingSettings(file)
    if (read === undefined) return { file, ok: false, errors: [`${file}:1: there is no such file`], warnings: [] }
    const warnings = read.warnings.map(warningText)
    return { file, ok: true, errors: [], warnings }
  })
}

function checkHere({ cwd }: VerbContext): readonly Checked[] {
  try {
    const { town, rig } = loadConfig(cwd)
    return [town?.file, rig.file].filter((file) => file !== undefined).map(checkFile)
  } catch (error) {
    return [failed(cwd, error)]
  }
}

function check(file: string, look: () => Checked): Checked {
  try {
    return look()
  } catch (error) {
    return failed(file, error)
  }
}

function failed(place: string, error: unknown): Checked {
  const { message, data } = toControlError(error)
  const file = typeof data['file'] === 'string' ? data['file'] : place
  return { file, ok: false, errors: [message], warnings: [] }
}
