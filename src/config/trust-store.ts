import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { parseObject } from '../core/json.ts'

/** The settings files that the operator trusts, each as it was then: one that has changed is not trusted any more. */
export interface TrustStore {
  isTrusted(file: string, text: string): boolean
  trust(file: string, text: string): void
  /** False when it was not trusted. */
  forget(file: string): boolean
  /** What changes whenever anything is trusted or forgotten. */
  stamp(): string
}

/** The record at this path, outside of every repository. It is read anew each time: other processes write it too. */
export function createTrustStore(path: string): TrustStore {
  return {
    isTrusted: (file, text) => recordAt(path)[realpathSync.native(file)] === hashOf(text),
    trust: (file, text) => write(path, { ...recordAt(path), [realpathSync.native(file)]: hashOf(text) }),
    forget(file) {
      const { [realpathSync.native(file)]: known, ...others } = recordAt(path)
      if (known !== undefined) write(path, others)
      return known !== undefined
    },
    stamp() {
      const stats = statSync(path, { throwIfNoEntry: false })
      return stats === undefined ? 'none' : `${stats.mtimeMs} ${stats.ino} ${stats.size}`
    },
  }
}

function recordAt(path: string): Readonly<Record<string, unknown>> {
  try {
    return parseObject(readFileSync(path, 'utf8')) ?? {}
  } catch {
    // No record, or one that cannot be read: nothing is trusted.
    return {}
  }
}

function write(path: string, record: Readonly<Record<string, unknown>>): void {
  writeFileSync(`${path}.part`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.part`, path)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
