import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import type { Backend } from '../../src/backends/backend.ts'
import { createOpencodeBackend } from '../../src/backends/opencode/backend.ts'
import type { BackendHealth } from '../../src/core/facts.ts'
import type { Bench, Opened } from '../contract/backend-suite.ts'
import { backendContext } from '../harness/backend-context.ts'
import { type Lab, type LabOptions, startLab } from '../harness/lab.ts'

/** A server starts in 1.5 s on a quiet machine and in ten times that on a busy one; so does its first answer. */
const WITHIN_MS = 30_000

/** A backend of the real opencode, which talks to a scripted model on loopback. */
export interface Place {
  readonly lab: Lab
  readonly backend: Backend
  readonly directory: string
  /** What the backend has said of its health, oldest first. */
  readonly health: BackendHealth[]
}

/** The place of a suite, made before its first test and cleared away after its last one. */
export function sharedPlace(options: LabOptions = {}): () => Place {
  let place: Place | undefined
  beforeAll(async () => {
    place = await makePlace({}, options)
  })
  afterAll(async () => {
    if (place !== undefined) await close(place)
  })
  return () => place!
}

/** A place that is cleared away even when the test fails or takes too long. */
export async function makePlaceForTest(env: Readonly<Record<string, string>> = {}): Promise<Place> {
  const own = await makePlace(env)
  onTestFinished(() => close(own))
  return own
}

async function makePlace(env: Readonly<Record<string, string>> = {}, options: LabOptions = {}): Promise<Place> {
  const lab = await startLab(options)
  const directory = join(lab.folder, 'backend')
  await mkdir(directory)
  await mkdir(join(lab.folder, 'sessions'))
  const health: BackendHealth[] = []
  const backend = createOpencodeBackend(
    backendContext({ env: { ...lab.env, ...env }, directory, onHealth: (now) => health.push(now) }),
  )
  return { lab, backend, directory, health }
}

async function close({ backend, lab }: Place): Promise<void> {
  await backend.shutdown()
  await lab[Symbol.asyncDispose]()
}

/** Where agents of a place are opened. The place outlives it. */
export const benchOf = ({ lab, backend }: Place): Bench => ({
  backend,
  env: lab.env,
  workDir: lab.project,
  folder: join(lab.folder, 'sessions'),
  [Symbol.asyncDispose]: async () => undefined,
})

export const noted = (place: Place) =>
  JSON.parse(readFileSync(join(place.directory, 'server.json'), 'utf8')) as { pid: number; port: number }
export const shows = ({ port }: Opened, text: string) =>
  port.until(`the picture shows ${text}`, () => port.picture().includes(text), WITHIN_MS)
export const needs = ({ port }: Opened) => port.until('a need', () => port.need() !== undefined, WITHIN_MS)
export const idles = ({ port }: Opened) =>
  port.until('idle', () => port.activity() === 'idle' && port.need() === undefined, WITHIN_MS)
export const replies = ({ port }: Opened) =>
  port.until('a reply', () => port.signals.some(({ type }) => type === 'replied'), WITHIN_MS)
/** A reply with this text. */
export async function replied({ port }: Opened, text: string): Promise<void> {
  const isTold = (): boolean => port.signals.some((signal) => signal.type === 'replied' && signal.text.includes(text))
  await expect.poll(isTold, { timeout: 30_000 }).toBe(true)
}
