import type { Random } from '../../bench/random.ts'
import type { Client } from '../../src/client/client.ts'
import { ControlError, type ErrorCode } from '../../src/core/errors.ts'
import type { MessageId, SessionId } from '../../src/core/ids.ts'
import { type Answer, isPrompt, type Need } from '../../src/core/need.ts'
import type { Session } from '../../src/core/session.ts'
import type { ModelMoment } from '../../src/demo/model/server.ts'
import type { Place } from './place.ts'
import type { Truth } from './truth.ts'
import { until } from './until.ts'

/** One session of the fleet, what is true of it, and what can be done to it. */
export interface Actor {
  readonly id: SessionId
  readonly name: string
  readonly backend: string
  readonly truth: Truth
  readonly place: Place
  readonly client: Client
  readonly random: Random
  session(): Promise<Session>
  /** Gives it a prompt as the operator; resolves when its model is asked. */
  prompt(text: string): Promise<void>
  /** The next moment that the model sees of it and that meets the condition; those before are skipped. */
  next(what: string, isMeant: (moment: ModelMoment) => boolean): Promise<ModelMoment>
  /** Resolves when the model has not been asked for so long. */
  quiet(ms: number): Promise<void>
  /** The prompt that the host shows. */
  need(): Promise<Need>
  /** Answers it. What is asked may turn into another question at that moment, as the agent says more of it: then that one is answered. */
  answer(answer: Answer): Promise<void>
  type(text: string): void
}

const MOMENT_WITHIN_MS = 60_000
const NEED_WITHIN_MS = 20_000

/** The host refuses an answer to what is no longer asked, or to a prompt that its agent has not told enough of yet. */
const TRY_AGAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['need.gone', 'need.unanswerable'])

/** What an actor is made of. */
export interface ActorParts {
  readonly place: Place
  readonly session: Session
  readonly truth: Truth
  readonly random: Random
}

/** The actor of a session that is ready. */
export function createActor({ place, session, truth, random }: ActorParts): Actor {
  const { client } = place.host
  const { id, agentName: name, backend } = session
  const moments: ModelMoment[] = []
  let lastAt = Date.now()
  const hear = (moment: ModelMoment): void => {
    if (moment.side !== undefined && moment.side !== 'summary') return
    moments.push(moment)
    lastAt = Date.now()
  }
  const actor: Actor = {
    id,
    name,
    backend,
    truth,
    place,
    client,
    random,
    session: () => client.getSession(id),
    async prompt(text) {
      moments.length = 0
      // A conversation that was lost before its first prompt goes on under another id.
      place.onMoment((await actor.session()).resumeId ?? '', hear)
      const before = truth.now.allowed
      truth.is([...before, 'idle', 'working'], 'a prompt is on its way to it')
      const { id: message } = await client.sendMessage(id, { type: 'nudge', body: text, from: 'operator' })
      try {
        await actor.next('its model is asked', ({ type }) => type === 'asked')
      } catch (error) {
        throw new Error(`${String(error)}; ${await whereabouts(client, id, message)}`)
      }
      truth.is('working', 'its model was asked')
    },
    next: (what, isMeant) =>
      until(
        `${name}: ${what}`,
        () => {
          const at = moments.findIndex(isMeant)
          return at < 0 ? undefined : moments.splice(0, at + 1).at(-1)
        },
        MOMENT_WITHIN_MS,
      ),
    quiet: async (ms) => {
      await until(`${name} is quiet`, () => (Date.now() - lastAt >= ms ? true : undefined), MOMENT_WITHIN_MS)
    },
    need: () =>
      until(
        `${name} asks, as its host says`,
        async () => {
          const { need } = await client.getSession(id)
          return need !== undefined && isPrompt(need) ? need : undefined
        },
        NEED_WITHIN_MS,
      ),
    answer: (answer) =>
      until(
        `${name} takes the answer`,
        async () => {
          const need = await actor.need()
          return client.answer(id, need.id, answer).then(
            () => null,
            (error: unknown) => {
              if (!(error instanceof ControlError) || !TRY_AGAIN.has(error.code)) throw error
              return undefined
            },
          )
        },
        NEED_WITHIN_MS,
      ).then(() => undefined),
    type: (text) => client.type(id, Buffer.from(text)),
  }
  return actor
}

/** Whether the model gave its last answer of a turn: no tool is called in it. */
export function isLast({ type, calls }: ModelMoment): boolean {
  return type === 'answered' && calls.length === 0
}

/** Whether the model called a tool. */
export function isCall({ type, calls }: ModelMoment): boolean {
  return type === 'answered' && calls.length > 0
}

/** Where a message is that did not arrive, and what its session shows. */
async function whereabouts(client: Client, id: SessionId, message: MessageId): Promise<string> {
  const { status, hold, error } = await client.receipt(message)
  const { lines } = await client.screen(id, { lines: 12 })
  return `the message is ${status} (${hold ?? error ?? 'no reason'}); on the screen:\n${lines.join('\n')}`
}
