import { basename, dirname, join, resolve } from 'node:path'
import type { JsonSource } from './json-source.ts'
import { rigNameOf } from './names.ts'
import type { RigSettings, TownSettings } from './schema.ts'
import type { ConfigWarning, SettingsFile } from './settings-file.ts'
import { readCountingSettings, trustAdvice } from './trust.ts'

/** Where settings stand, below the folder of a town or a rig. */
export const SETTINGS_PATH = join('settings', 'config.json')

/** The settings that hold for one directory. */
export interface Config {
  readonly town?: {
    readonly root: string
    readonly file: string
    readonly settings: TownSettings
    readonly lineOf?: JsonSource['lineOf']
  }
  readonly rig: {
    /** The name sessions carry: the last part of the folder. */
    readonly name: string
    readonly directory: string
    readonly file?: string
    readonly settings?: RigSettings
    readonly lineOf?: JsonSource['lineOf']
  }
  readonly warnings: readonly ConfigWarning[]
}

/** Reads one settings file; undefined when there is none. */
export type SettingsReader = (file: string) => SettingsFile | undefined

interface Found {
  readonly folder: string
  readonly read: SettingsFile
}

/**
 * Finds the town and the rig that a directory belongs to by looking upwards for settings files; without any, the directory
 * itself is the rig. Of what repositories brought along only what counts is in it. Throws `config.invalid`.
 */
export function loadConfig(directory: string, read: SettingsReader = readCountingSettings): Config {
  const all = findUpwards(resolve(directory), read)
  const found = believed(all)
  const rig = found.find(({ read }) => read.kind === 'rig')
  const town = found.find(({ read }) => read.kind === 'town')
  const rigDirectory = rig?.folder ?? resolve(directory)
  return {
    ...(town?.read.kind === 'town'
      ? {
          town: {
            root: town.folder,
            file: town.read.file,
            settings: town.read.settings,
            lineOf: town.read.lineOf,
          },
        }
      : {}),
    rig: {
      name: rigNameOf(basename(rigDirectory)),
      directory: rigDirectory,
      ...(rig?.read.kind === 'rig'
        ? { file: rig.read.file, settings: rig.read.settings, lineOf: rig.read.lineOf }
        : {}),
    },
    warnings: [
      ...[rig, town].flatMap((each) => each?.read.warnings ?? []),
      ...all.filter((each) => each.read.kind === 'town' && !found.includes(each)).map(hiddenTown),
    ],
  }
}

/** The settings files that are looked at for a directory, nearest first; not all of them need count. */
export function settingsAround(directory: string, read: SettingsReader): readonly SettingsFile[] {
  return findUpwards(resolve(directory), read).map((found) => found.read)
}

/** A town that a repository brought along counts where there is none of the operator's: it never hides one. */
function believed(found: readonly Found[]): readonly Found[] {
  const town = found.find(isOwnTown)
  if (town !== undefined) return found.filter((each) => each === town || each.read.kind === 'rig')
  const first = found.findIndex(({ read }) => read.kind === 'town')
  return first < 0 ? found : found.slice(0, first + 1)
}

function isOwnTown({ read }: Found): boolean {
  return read.kind === 'town' && read.held === undefined
}

function hiddenTown({ read: { file } }: Found): ConfigWarning {
  const problem = `has no effect: a repository brought it along, and a town of yours holds here; ${trustAdvice(file)}`
  return { file, line: 1, problem }
}

/** Settings files from the directory up to those of a town of the operator's, nearest first. */
function findUpwards(directory: string, reader: SettingsReader): readonly Found[] {
  const read = reader(join(directory, SETTINGS_PATH))
  const here = read === undefined ? [] : [{ folder: directory, read }]
  const parent = dirname(directory)
  const isEnd = here.some(isOwnTown) || parent === directory
  return isEnd ? here : [...here, ...findUpwards(parent, reader)]
}
