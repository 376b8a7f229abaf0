import { readFileSync } from 'node:fs'

/** Put in place by the build; absent when the sources run as they are. */
declare const SIGNALBOX_VERSION: string | undefined

/** The version of this program, as package.json has it. */
export const VERSION: string = typeof SIGNALBOX_VERSION === 'string' ? SIGNALBOX_VERSION : readVersion()

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined
  return typeof version === 'string' ? version : '0.0.0'
}
