import type { Receipt } from '../../src/core/message.ts'
import { eventually } from '../../test/harness/eventually.ts'
import { BACK_WITHIN_MS, type Town } from './town.ts'

/** A message that the host said it has. */
interface Letter {
  readonly id: string
  readonly name: string
  /** What only this message says. */
  readonly word: string
}

/** What became of the messages. */
export interface LetterReport {
  readonly accepted: number
  readonly refused: number
  readonly seen: number
  /** The host says that it does not know whether they arrived. */
  readonly uncertain: number
  /** Accepted, and then neither there nor accounted for. */
  readonly lost: readonly string[]
  /** In a conversation more than once. */
  readonly doubled: readonly string[]
  /** Said to be seen, and not in the conversation. */
  readonly untrue: readonly string[]
}

/** Messages each of which can be told from all others, and what became of them. */
export interface Letters {
  /** Sends one; a host that is gone at this moment accepts nothing. */
  send(name: string): Promise<void>
  /** Waits until each has its last receipt, and looks into the conversations. */
  report(): Promise<LetterReport>
}

/** Letters to the sessions of a town. */
export function createLetters({ site, names }: Town): Letters {
  const letters: Letter[] = []
  let count = 0
  let refused = 0
  return {
    async send(name) {
      count += 1
      const word = `letter-${String(count).padStart(4, '0')}-end`
      const { code, stdout } = await site.run('nudge', '--json', name, `SAY ${word}`)
      if (code === 0) letters.push({ id: (JSON.parse(stdout) as Receipt).id, name, word })
      else refused += 1
    },
    async report() {
      const receipts = new Map<string, Receipt>()
      for (const { id } of letters) receipts.set(id, await lastReceipt(site, id))
      const heard = new Map<string, string>()
      for (const name of names) heard.set(name, await conversation(site, name))
      const timesOf = ({ name, word }: Letter): number => (heard.get(name) ?? '').split(word).length - 1
      const statusOf = ({ id }: Letter) => receipts.get(id)?.status
      const words = (which: (letter: Letter) => boolean) =>
        letters.filter(which).map(({ word, name }) => `${word} to ${name}`)
      return {
        accepted: letters.length,
        refused,
        seen: letters.filter((each) => statusOf(each) === 'seen').length,
        uncertain: letters.filter((each) => statusOf(each) === 'failed').length,
        lost: words((each) => statusOf(each) !== 'seen' && statusOf(each) !== 'failed'),
        doubled: words((each) => timesOf(each) > 1),
        untrue: words((each) => statusOf(each) === 'seen' && timesOf(each) === 0),
      }
    },
  }
}

async function lastReceipt(site: Town['site'], id: string): Promise<Receipt> {
  return eventually(
    `${id} has its last receipt`,
    async () => {
      const { code, stdout } = await site.run('mail', 'show', '--json', id)
      if (code !== 0) throw new Error(`the host does not know ${id}`)
      const { receipt } = JSON.parse(stdout) as { readonly receipt: Receipt }
      return ['queued', 'injected', 'submitted'].includes(receipt.status) ? undefined : receipt
    },
    { deadlineMs: BACK_WITHIN_MS, describe: site.hostLog },
  )
}

/** Everything that a session has been told, as its model hears it once more. */
async function conversation(site: Town['site'], name: string): Promise<string> {
  await site.nudge(name, 'SAY that is all')
  const { resumeId } = await site.idle(name)
  return site.lab.model.heard(resumeId ?? '').join('\n')
}
