import { setTimeout } from 'node:timers/promises'
import { createRandom, type Random } from '../../bench/random.ts'
import { isLive, type Session } from '../../src/core/session.ts'
import { type Actor, createActor } from './actor.ts'
import { CLAUDE_SCENES } from './claude-scenes.ts'
import { OPENCODE_SCENES } from './opencode-scenes.ts'
import type { SoakOptions } from './options.ts'
import type { Place } from './place.ts'
import type { ServerDeath } from './server-death.ts'
import { SHELL_SCENES, shellArgs } from './shell-scenes.ts'
import type { Standing } from './standing.ts'
import { createTruth } from './truth.ts'
import type { Scene } from './turn-scenes.ts'
import { until } from './until.ts'

/** On a busy machine Opencode itself ends its turn seconds after the model's last word. */
const OPENCODE_FACTOR = 2

const SCENES: Readonly<Record<string, readonly Scene[]>> = {
  claude: CLAUDE_SCENES,
  opencode: OPENCODE_SCENES,
  shell: SHELL_SCENES,
}

/** A scene that did not go as its script says: then nobody knows what is true. */
export interface Broken {
  readonly name: string
  readonly scene: string
  readonly error: string
}

/** What happened in the lives of all sessions. */
export interface Lives {
  readonly scenes: Readonly<Record<string, number>>
  readonly broken: readonly Broken[]
}

/** Starts the fleet; resolves when all sessions are at rest. */
export async function startFleet(place: Place, options: SoakOptions): Promise<readonly Actor[]> {
  const wanted = (['claude', 'opencode', 'shell'] as const).flatMap((backend) =>
    Array.from({ length: options[backend] }, (_, at) => ({ backend, agentName: `${backend}-${at}` })),
  )
  const actors: Actor[] = []
  for (const [at, { backend, agentName }] of wanted.entries()) {
    const truth = createTruth(options.toleranceMs * (backend === 'opencode' ? OPENCODE_FACTOR : 1))
    const session = await startOne(place, backend, agentName)
    truth.is('idle', 'it is at rest')
    actors.push(createActor({ place, session, truth, random: createRandom(options.seed + at) }))
  }
  return actors
}

async function startOne(place: Place, backend: string, agentName: string): Promise<Session> {
  const { client } = place.host
  const free = JSON.stringify({ permissions: { allow: ['Bash(sleep:*)'] } })
  const args = { claude: ['--settings', free], shell: shellArgs(place, agentName) }[backend]
  const common = { backend, agentName, role: 'crew', rig: 'soak', workDir: place.lab.project }
  const id = await client.spawnSession(args === undefined ? common : { ...common, args })
  const rests = async () => {
    const session = await client.getSession(id)
    return session.activity === 'idle' ? session : undefined
  }
  return until(`${agentName} is at rest`, rests, 60_000)
}

/** How long they live, and how long each rests between two scenes at most. */
export interface LiveOptions {
  readonly restMs: number
  readonly signal: AbortSignal
}

/** Plays scenes with every session until the signal aborts and the last ones are over. */
export async function live(actors: readonly Actor[], death: ServerDeath, options: LiveOptions): Promise<Lives> {
  const { signal } = options
  const scenes: Record<string, number> = {}
  const broken: Broken[] = []
  const lives = actors.map(async (actor) => {
    const all = SCENES[actor.backend] ?? []
    for (let order: Scene[] = []; !signal.aborted; ) {
      if (order.length === 0) order = shuffled(all, actor.random)
      const scene = order.pop()
      if (scene === undefined) return
      try {
        if (actor.backend === 'opencode') await death.meet(actor)
        await scene.play(actor)
        const name = `${actor.backend}: ${scene.name}`
        scenes[name] = (scenes[name] ?? 0) + 1
      } catch (error) {
        broken.push({ name: actor.name, scene: scene.name, error: String(error) })
        if (!(await recover(actor))) return
      }
      await restBriefly(actor, options)
    }
  })
  await Promise.all(lives)
  return { scenes, broken }
}

/** Until its time is over, or the soak is. */
async function restBriefly({ random }: Actor, { restMs, signal }: LiveOptions): Promise<void> {
  await setTimeout(random.between(restMs / 5, restMs), undefined, { signal }).catch(() => {
    // The soak is over: the rest is shorter.
  })
}

/** What nobody knows of a session whose scene went wrong. */
const ANYTHING: readonly Standing[] = [
  'unknown',
  'starting',
  'working',
  'idle',
  'asks',
  'asks permission',
  'asks question',
  'limited',
  'failed',
  'exited',
]

/** Brings a session back to rest after a scene that went wrong; false when that is in vain. Until then anything may be true of it. */
async function recover(actor: Actor): Promise<boolean> {
  const { truth, client, id, name } = actor
  truth.is(ANYTHING, 'a scene went wrong')
  const rests = async () => ((await client.getSession(id)).activity === 'idle' ? true : undefined)
  const ways = [
    () => client.interrupt(id),
    async () => {
      if (isLive(await actor.session())) await client.terminateSession(id, { isForced: true })
      await client.resume(id)
    },
    () => client.resume(id),
  ]
  for (const way of ways) {
    await way().catch(() => undefined)
    const isAtRest = await until(`${name} is at rest again`, rests, 30_000).catch(() => false)
    if (isAtRest) {
      truth.is('idle', 'it is at rest again')
      return true
    }
  }
  return false
}

function shuffled(scenes: readonly Scene[], random: Random): Scene[] {
  return scenes
    .map((scene) => ({ scene, place: random.between(0, 1) }))
    .sort((one, other) => one.place - other.place)
    .map(({ scene }) => scene)
}
