import { type Actor, isCall, isLast } from './actor.ts'
import { FREE } from './place.ts'
import type { Standing } from './standing.ts'
import { ends, type Scene, STUMBLES, TURNS } from './turn-scenes.ts'
import { pass, until } from './until.ts'

/** Without hooks a dialog is known only as one. */
const ANY_DIALOG: readonly Standing[] = ['asks', 'asks question', 'asks permission']

/** A state that is known without hooks: the status file is polled, and believed after a second of quiet. */
const DEAF_WITHIN_MS = 5000

const answeredOnScreen: Scene = {
  name: 'permission answered on its own screen',
  play: async (actor) => {
    const { truth, random } = actor
    await actor.prompt(`RUN touch typed-${Date.now()} ;; SAY done`)
    await actor.next('the tool call', isCall)
    truth.is('asks permission', 'the model called a tool that needs permission')
    await actor.need()
    await pass(random.between(700, 2500))
    truth.is(['asks permission', 'working'], 'it is being answered')
    actor.type('1')
    await actor.next('the next request', ({ type }) => type === 'asked')
    truth.is('working', 'it went on')
    await ends(actor)
  },
}

/** A turn that the model fails until the program gives up. */
function gives(name: string, script: string, end: Standing): Scene {
  return {
    name,
    play: async (actor) => {
      await actor.prompt(script)
      await actor.next('a failure', ({ type }) => type === 'failed')
      actor.truth.is(['working', end], 'it tries again until it gives up')
      await actor.quiet(6000)
      actor.truth.is(end, 'it has given up')
      await pass(1500)
    },
  }
}

const background: Scene = {
  name: 'background shell',
  play: async (actor) => {
    const input = { command: `${FREE} 4`, description: 'Wait', run_in_background: true }
    await actor.prompt(`TOOL Bash ${JSON.stringify(input)} ;; SAY started`)
    await actor.next('the end of its turn', isLast)
    actor.truth.is('working', 'its turn is over, a shell runs on')
    await actor.next('the news of the shell', ({ type }) => type === 'asked')
    await ends(actor)
  },
}

const subagent: Scene = {
  name: 'subagent',
  play: async (actor) => {
    await actor.prompt('TASK SLOW 3 // SAY sub done')
    await actor.next('the end of its turn', (moment) => isLast(moment) && moment.prompt.startsWith('TASK'))
    actor.truth.is('working', 'its turn is over, a subagent works on')
    await actor.next('the news of the subagent', (moment) => isLast(moment) && /task-notification/.test(moment.prompt))
    actor.truth.is('idle', 'the model gave its last answer')
  },
}

const compaction: Scene = {
  name: 'compaction',
  play: async (actor) => {
    const { truth, client, id } = actor
    await actor.prompt('SAY something to keep')
    await ends(actor)
    await pass(1000)
    actor.type('/compact')
    const shows = async () =>
      (await client.screen(id)).lines.some((line) => line.includes('❯ /compact')) ? true : undefined
    await until('the command is in the box', shows, 10_000)
    truth.is(['idle', 'working'], 'it is told to compact')
    actor.type('\r')
    await actor.next('the summary', ({ type, side }) => type === 'asked' && side === 'summary')
    truth.is('working', 'it compacts')
    await actor.next('the summary', ({ type, side }) => type === 'answered' && side === 'summary')
    truth.is('idle', 'the summary is there')
  },
}

const frozen: Scene = {
  name: 'stopped and continued',
  play: async (actor) => {
    const { pid } = await actor.session()
    if (pid === undefined) return
    await actor.prompt('SLOW 5')
    await pass(1000)
    process.kill(pid, 'SIGSTOP')
    actor.truth.is('working', 'its process is stopped in the middle of its turn')
    await pass(actor.random.between(2000, 7000))
    process.kill(pid, 'SIGCONT')
    await ends(actor, 4000)
  },
}

const killed: Scene = {
  name: 'killed and resumed',
  play: async (actor) => {
    const { truth, random, client, id } = actor
    const { pid } = await actor.session()
    if (pid === undefined) return
    if (random.pick([true, false])) await actor.prompt('SLOW 60')
    await pass(random.between(500, 1500))
    process.kill(pid, 'SIGKILL')
    truth.is('exited', 'it was killed')
    await pass(random.between(1000, 4000))
    // A host that was paused meanwhile has to hear of it first.
    const isNoted = async () => ((await actor.session()).state === 'failed' ? true : undefined)
    await until('its end is noted', isNoted, 20_000)
    truth.is(['exited', 'starting', 'idle'], 'it is resumed')
    await client.resume(id)
    truth.is('idle', 'it was resumed')
    await pass(1500)
  },
}

/** The same with all hook calls lost: the status file alone has to do. */
function deaf(name: string, play: (actor: Actor) => Promise<void>): Scene {
  return {
    name: `${name}, hooks lost`,
    play: async (actor) => {
      const conversation = (await actor.session()).resumeId ?? ''
      actor.place.hooks.setDeaf(conversation, true)
      try {
        await play(actor)
        await pass(DEAF_WITHIN_MS)
      } finally {
        actor.place.hooks.setDeaf(conversation, false)
      }
    },
  }
}

const DEAF: readonly Scene[] = [
  deaf('stream', async (actor) => {
    await actor.prompt('SLOW 3')
    actor.truth.is('working', 'its model was asked', { withinMs: DEAF_WITHIN_MS })
    await ends(actor, DEAF_WITHIN_MS)
  }),
  deaf('permission', async (actor) => {
    await actor.prompt(`RUN touch deaf-${Date.now()} ;; SAY done`)
    await actor.next('the tool call', isCall)
    actor.truth.is(ANY_DIALOG, 'the model called a tool that needs permission', { withinMs: DEAF_WITHIN_MS })
    await actor.need()
    await pass(1500)
    actor.truth.is([...ANY_DIALOG, 'working'], 'it is being answered')
    actor.type('1')
    await actor.next('the next request', ({ type }) => type === 'asked')
    actor.truth.is('working', 'it went on', { withinMs: DEAF_WITHIN_MS })
    await ends(actor, DEAF_WITHIN_MS)
  }),
]

/** The life of a Claude Code session. */
export const CLAUDE_SCENES: readonly Scene[] = [
  ...TURNS,
  ...STUMBLES,
  answeredOnScreen,
  gives('refused request', 'FAIL 400', 'failed'),
  gives('refused login', 'FAIL 401', 'login'),
  gives('rate limit', 'FAIL 429', 'limited'),
  gives('lasting overload', 'FAIL 529', 'limited'),
  background,
  subagent,
  compaction,
  frozen,
  killed,
  ...DEAF,
]
