import { type Actor, isCall, isLast } from './actor.ts'
import { FREE } from './place.ts'
import { pass } from './until.ts'

/** A piece of a session's life of which it is known at any moment what it is. It begins and ends at rest. */
export interface Scene {
  readonly name: string
  readonly play: (actor: Actor) => Promise<void>
}

/** The last answer of the turn ends it. */
export async function ends(actor: Actor, withinMs?: number): Promise<void> {
  await actor.next('the last answer', isLast)
  actor.truth.is('idle', 'the model gave its last answer', withinMs === undefined ? {} : { withinMs })
}

/** A turn that is nothing but this script. */
function turn(name: string, script: string): Scene {
  return {
    name,
    play: async (actor) => {
      await actor.prompt(script)
      await ends(actor)
    },
  }
}

const asksPermission: Scene = {
  name: 'permission',
  play: async (actor) => {
    const { truth, random } = actor
    await actor.prompt(`RUN touch asked-${Date.now()} ;; SAY done`)
    await actor.next('the tool call', isCall)
    truth.is('asks permission', 'the model called a tool that needs permission')
    await actor.need()
    await pass(random.between(500, 4000))
    const answer = random.pick([{ kind: 'allow' }, { kind: 'deny', text: 'another way, please' }] as const)
    truth.is(['asks permission', 'working'], 'it is being answered')
    await actor.answer(answer)
    truth.is('working', `it was answered: ${answer.kind}`)
    await ends(actor)
  },
}

const asksQuestion: Scene = {
  name: 'question',
  play: async (actor) => {
    const { truth, random } = actor
    await actor.prompt('ASK Which way? | Left | Right')
    await actor.next('the question', isCall)
    truth.is('asks question', 'the model asked')
    await actor.need()
    await pass(random.between(500, 3000))
    truth.is(['asks question', 'working'], 'it is being answered')
    await actor.answer({ kind: 'option', key: random.pick(['1', '2']) })
    truth.is('working', 'it was answered')
    await ends(actor)
  },
}

const interrupted: Scene = {
  name: 'interrupt',
  play: async (actor) => {
    const { truth, random, client, id } = actor
    await actor.prompt('SLOW 60')
    await pass(random.between(1000, 2500))
    truth.is(['working', 'idle'], 'its turn is being stopped')
    await client.interrupt(id)
    truth.is('idle', 'its turn was stopped')
  },
}

const rests: Scene = {
  name: 'rest',
  play: async ({ random }) => pass(random.between(1000, 4000)),
}

/** What every agent can be made to do. */
export const TURNS: readonly Scene[] = [
  turn('word', 'SAY a word'),
  turn('stream', 'SLOW 3'),
  turn('thought', 'THINK 2 ;; SAY thought'),
  turn('long silence', 'HANG 4 ;; SAY back'),
  turn('tool', `RUN ${FREE} 3 ;; SAY slept`),
  turn('two tools', `RUN ${FREE} 1 ;; SAY between ;; RUN ${FREE} 1 ;; SAY slept twice`),
  asksPermission,
  asksQuestion,
  interrupted,
  rests,
]

/** How the model can fail an agent that tries again by itself. */
export const STUMBLES: readonly Scene[] = [
  turn('overload', 'FAIL 529 2 ;; SAY recovered'),
  turn('dropped connection', 'DROP 1 ;; SAY recovered'),
  turn('error in mid-stream', 'MIDFAIL 1 ;; SAY recovered'),
]
