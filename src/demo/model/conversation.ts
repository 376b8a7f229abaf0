import { isObject, type JsonObject, objectsIn } from '../../core/json.ts'
import { type Round, roundsOf, sayRound } from './round.ts'
import { parseScript, scriptIn } from './script.ts'

/** A message of either dialect, reduced to what the script player needs. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
  /** What tools reported. */
  readonly result: string
}

/** The round that answers a conversation, and what identifies it among retries of the same request. */
export interface Answer {
  readonly round: Round
  /** The script, or the plain prompt when it holds none. */
  readonly prompt: string
  readonly index: number
}

const steering = /^\s*(<system-reminder>\s*)?The user sent a new message/i
/** What an agent tells the model when something it left in the background has ended. */
const noticeOf = /<task-notification>[\s\S]*<summary>([^<]*)<\/summary>/
const deliveredReminder = /user sent|new message|message from|control room|mail|feedback|queued/i

/** The messages of a request body of either dialect; malformed ones are left out. */
export function readTurns(body: JsonObject): readonly Turn[] {
  return objectsIn(body['messages']).map(readTurn)
}

/** Scripts by the plain prompt that plays them, so that a conversation can read like one. */
export type Cues = Readonly<Record<string, string>>

/**
 * The answer to a conversation: the last user text that holds a script, or a cue for one, picks it, and the answers given
 * since then pick the round. A finished script closes with the last tool result; a prompt without a script is echoed.
 */
export function answerTo(turns: readonly Turn[], cues: Cues = {}): Answer {
  for (let at = turns.length - 1; at >= 0; at -= 1) {
    const prompt = promptOf(turns[at])
    if (prompt === undefined) continue
    const script = cuedScript(prompt, cues) ?? scriptIn(prompt)
    const notice = noticeOf.exec(prompt)?.[1]
    if (script === undefined && notice === undefined) continue
    const later = turns.slice(at + 1)
    const rounds = script === undefined ? [sayRound(`noted: ${notice}`)] : roundsOf(parseScript(script))
    const index = answersIn(later)
    const result = later.findLast((turn) => turn.result !== '')?.result ?? ''
    return { round: rounds[index] ?? sayRound(`done: ${oneLine(result, 80)}`), prompt: script ?? prompt, index }
  }
  const prompt = oneLine(lastPrompt(turns), 60)
  return { round: sayRound(`ok: ${prompt}`), prompt, index: 0 }
}

function cuedScript(prompt: string, cues: Cues): string | undefined {
  return Object.entries(cues).find(([cue]) => prompt.includes(cue))?.[1]
}

/** The last thing a person said, without what the agent added to it. */
export function lastPrompt(turns: readonly Turn[]): string {
  return turns.map(promptOf).findLast((prompt) => prompt !== undefined && prompt.trim() !== '') ?? ''
}

/** White space folded, cut to a length. */
export function oneLine(text: string, length: number): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, length)
}

function readTurn(message: JsonObject): Turn {
  const content = message['content']
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)
  const text = blocks.filter((block) => block['type'] === 'text').map((block) => String(block['text'] ?? ''))
  const results = blocks.filter((block) => block['type'] === 'tool_result').map((block) => plain(block['content']))
  const role = message['role']
  if (role === 'tool') return { role: 'user', text: '', result: text.join('\n') }
  return {
    role: role === 'assistant' || role === 'system' ? role : 'user',
    text: text.join('\n'),
    result: results.join('\n'),
  }
}

function plain(content: unknown): string {
  if (typeof content === 'string') return content
  return objectsIn(content)
    .map((block) => (isObject(block) ? String(block['text'] ?? '') : ''))
    .join('')
}

function promptOf(turn: Turn | undefined): string | undefined {
  if (turn === undefined || turn.role === 'assistant') return undefined
  if (turn.role === 'system' && !steering.test(turn.text)) return undefined
  return turn.text.replace(/<system-reminder>([\s\S]*?)<\/system-reminder>/g, (_, inside: string) =>
    deliveredReminder.test(inside.slice(0, 200)) ? inside : '',
  )
}

/** Neighbouring assistant messages are one answer: agents store text and tool calls apart. */
function answersIn(turns: readonly Turn[]): number {
  return turns.filter((turn, at) => turn.role === 'assistant' && turns[at - 1]?.role !== 'assistant').length
}
