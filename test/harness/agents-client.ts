import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '../../src/client/client.ts'
import { connectHost } from '../../src/client/connect.ts'
import { pathsFrom } from '../../src/config/paths.ts'
import type { SessionId } from '../../src/core/ids.ts'
import type { Need } from '../../src/core/need.ts'
import type { Session, SpawnRequest } from '../../src/core/session.ts'
import type { AgentsSite } from './agents-site.ts'
import { eventually } from './eventually.ts'
import { type FleetWatch, watchFleet } from './fleet-watch.ts'

/** One session, as a client in this process sees and steers it. */
export interface SteeredSession {
  readonly id: SessionId
  readonly name: string
  readonly now: () => Session
  readonly nudge: (text: string) => Promise<void>
  /** Nudges, and resolves with the need that comes of it. */
  readonly asks: (text: string) => Promise<Need>
  readonly answer: Client['answer'] extends (id: SessionId, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never
  /** Idle, with nothing asked; `need` is what was asked before. */
  readonly rests: () => Promise<Session>
  /** It has a need that meets the condition. */
  readonly needs: (what: string, isMeant: (need: Need) => boolean) => Promise<Need>
  readonly becomes: (what: string, isMeant: (session: Session) => boolean) => Promise<Session>
  readonly type: (text: string) => void
  /** Its screen shows something like this. */
  readonly shows: (pattern: RegExp) => Promise<void>
  /** All that was said to its model: prompts, notices, results of tools. */
  readonly said: () => string
}

/** A client of a site's host, with the fleet as the facts tell it. */
export interface AgentsClient extends Disposable {
  readonly client: Client
  readonly watch: FleetWatch
  readonly start: (request: SpawnRequest & { readonly agentName: string }) => Promise<SteeredSession>
  readonly inProject: (file: string) => boolean
}

/** Connects to the host of a site, starting it if there is none. */
export async function connectAgents(site: AgentsSite): Promise<AgentsClient> {
  await site.run('host', 'start')
  const paths = pathsFrom({ env: site.env, homeDirectory: site.folder, platform: process.platform })
  const client = await connectHost({ paths, version: ownVersion() })
  const watch = await watchFleet(client)
  return {
    client,
    watch,
    start: async (request) => {
      const id = await client.spawnSession({ role: 'crew', workDir: site.project, ...request })
      return steer({ client, watch, site }, id, request.agentName)
    },
    inProject: (file) => existsSync(join(site.project, file)),
    [Symbol.dispose]: () => {
      watch[Symbol.dispose]()
      client.close()
    },
  }
}

interface Steering {
  readonly client: Client
  readonly watch: FleetWatch
  readonly site: AgentsSite
}

function steer({ client, watch, site }: Steering, id: SessionId, name: string): SteeredSession {
  const now = (): Session => {
    const session = watch.session(id)
    if (session === undefined) throw new Error(`there is no session ${name}`)
    return session
  }
  const nudge = async (text: string): Promise<void> => {
    await client.sendMessage(id, { type: 'nudge', body: text, from: 'operator' })
  }
  const becomes: SteeredSession['becomes'] = (what, isMeant) =>
    watch.until(`${name}: ${what}`, () => (isMeant(now()) ? now() : undefined), { about: id })
  return {
    id,
    name,
    now,
    nudge,
    becomes,
    asks: async (text) => {
      const before = now().need
      await nudge(text)
      return watch.asks(id, before)
    },
    answer: (needId, answer) => client.answer(id, needId, answer),
    rests: () => watch.rests(id),
    needs: async (what, isMeant) => {
      const { need } = await becomes(what, (session) => session.need !== undefined && isMeant(session.need))
      if (need === undefined) throw new Error(`${name} has no need`)
      return need
    },
    type: (text) => client.type(id, Buffer.from(text)),
    shows: async (pattern) => {
      const look = async () => pattern.test((await client.screen(id)).lines.join('\n'))
      await eventually(`${name} shows ${pattern}`, look)
    },
    said: () => site.lab.model.heard(now().resumeId ?? '').join('\n'),
  }
}

function ownVersion(): string {
  const file = join(import.meta.dirname, '../../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
