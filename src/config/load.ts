import { basename, dirname, join, resolve } from 'node:path'
import type { JsonSource } from './json-source.ts'
import { rigNameOf } from './names.ts'
import type { RigSettings, TownSettings } from './schema.ts'
import { type ConfigWarning, readSettings, type SettingsFile } from './settings-file.ts'

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
 * itself is the rig. Throws `config.invalid`.
 */
export function loadConfig(directory: string, read: SettingsReader = readSettings): Config {
  const found = findUpwards(resolve(directory), read)
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
    warnings: [rig, town].flatMap((each) => each?.read.warnings ?? []),
  }
}

/** Settings files from the directory up to the town's, nearest first. */
function findUpwards(directory: string, reader: SettingsReader): readonly Found[] {
  const read = reader(join(directory, SETTINGS_PATH))
  const here = read === undefined ? [] : [{ folder: directory, read }]
  const parent = dirname(directory)
  return read?.kind === 'town' || parent === directory ? here : [...here, ...findUpwards(parent, reader)]
}
