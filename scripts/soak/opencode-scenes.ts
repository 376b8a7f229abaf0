import { type Scene, STUMBLES, TURNS } from './turn-scenes.ts'
import { pass } from './until.ts'

const refused: Scene = {
  name: 'refused request',
  play: async (actor) => {
    await actor.prompt('FAIL 400')
    await actor.next('a failure', ({ type }) => type === 'failed')
    actor.truth.is('failed', 'the model refused')
    await pass(3000)
  },
}

/** It goes on trying by itself; from the third attempt on that is the operator's business. */
const limited: Scene = {
  name: 'lasting overload',
  play: async (actor) => {
    const { truth, client, id } = actor
    await actor.prompt('FAIL 529')
    for (const which of ['first', 'second', 'third']) {
      await actor.next(`the ${which} failure`, ({ type }) => type === 'failed')
      if (which !== 'third') truth.is('working', `the ${which} failure: it tries again`)
    }
    truth.is('limited', 'the third failure')
    await pass(3500)
    truth.is(['limited', 'idle'], 'its turn is being stopped')
    await client.interrupt(id)
    truth.is('idle', 'its turn was stopped')
  },
}

/** The life of an Opencode session; the death of its server comes from outside. */
export const OPENCODE_SCENES: readonly Scene[] = [...TURNS, ...STUMBLES, refused, limited]
