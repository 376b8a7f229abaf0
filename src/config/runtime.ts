import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { Config } from './load.ts'
import type { ConfigWarning } from './settings-file.ts'

/** How a rig wants its agents to be started. */
export interface Runtime {
  /** The program in place of the one that has the backend's name: a name, or an absolute path. */
  readonly command?: string
  /** Absolute folder of the hooks or the plugin. */
  readonly hooksDir?: string
  /** Absolute path of the file in it. */
  readonly settingsFile?: string
}

/** What a rig's `runtime` says about sessions on this backend; undefined when it says nothing about them. */
export function runtimeOf({ rig }: Config, backend: string): Runtime | undefined {
  const said = rig.settings?.runtime
  if (said === undefined) return undefined
  const command = said.provider === backend ? said.command : undefined
  const hooks = said.hooks?.provider === backend ? said.hooks : undefined
  const hooksDir = hooks?.dir === undefined ? undefined : resolve(rig.directory, hooks.dir)
  const settingsFile = hooks?.settings_file
  const runtime = {
    // A command that is called like the backend is what is started anyway.
    ...(command === undefined || command === backend ? {} : { command: commandPath(rig.directory, command) }),
    ...(hooksDir === undefined ? {} : { hooksDir }),
    ...(settingsFile === undefined ? {} : { settingsFile: join(hooksDir ?? rig.directory, settingsFile) }),
  }
  return Object.keys(runtime).length === 0 ? undefined : runtime
}

function commandPath(directory: string, command: string): string {
  return command.includes('/') && !isAbsolute(command) ? resolve(directory, command) : command
}

/** What is said when the file of a rig's hooks or plugin is not there: its agents would start without it. */
export function missingHooks(config: Config, backend: string): ConfigWarning | undefined {
  const { file, lineOf } = config.rig
  const wanted = runtimeOf(config, backend)?.settingsFile
  if (file === undefined || wanted === undefined || existsSync(wanted)) return undefined
  const line = lineOf?.(['runtime', 'hooks', 'settings_file']) ?? 1
  return { file, line, problem: `"runtime.hooks" names ${wanted}, which does not exist; sessions start without it` }
}

/** Everything in the settings that has no effect on sessions of a backend; without one, on any. */
export function warningsFor(config: Config, backend: string | undefined): readonly ConfigWarning[] {
  const missing = backend === undefined ? undefined : missingHooks(config, backend)
  return missing === undefined ? config.warnings : [...config.warnings, missing]
}
