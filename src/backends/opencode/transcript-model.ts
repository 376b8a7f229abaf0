import { plainText, shortLine } from '../../core/plain-text.ts'
import type { ActivityInput } from './activity-state.ts'
import { ABORTED, type BusEvent, type Part, type Request, type ToolPart } from './bus-event.ts'

/** One thing in the picture of a conversation. A block never changes: an update is another block with the same id. */
export type Block =
  | {
      readonly kind: 'prompt' | 'text' | 'thought'
      readonly id: string
      readonly message: string
      readonly text: string
    }
  | { readonly kind: 'tool'; readonly id: string; readonly message: string; readonly part: ToolPart }
  | {
      readonly kind: 'request'
      readonly id: string
      readonly message: string
      readonly request: Request
      /** How it was answered; undefined while it waits. */
      readonly reply: string | undefined
    }
  | { readonly kind: 'error' | 'notice'; readonly id: string; readonly message: string; readonly text: string }

/** The conversation as far as it is drawn. */
export interface TranscriptModel {
  readonly root: string
  readonly blocks: readonly Block[]
  readonly prompts: ReadonlySet<string>
  /** What is shown below everything while it is true: a retry, a server that is gone. */
  readonly state: string | undefined
}

/** The oldest blocks beyond this number are forgotten. */
export const BLOCKS_KEPT = 400

/** Characters of an answer that are shown below its request. */
const LONGEST_ANSWER = 120

/** An empty conversation. */
export function emptyTranscript(root: string): TranscriptModel {
  return { root, blocks: [], prompts: new Set(), state: undefined }
}

/** The picture after one more input. `now` in milliseconds since the epoch. Inputs about other conversations must be kept away. */
export function draw(model: TranscriptModel, input: ActivityInput, now: number): TranscriptModel {
  if (input.type === 'lost') return { ...closeRequests(model, 'withdrawn'), state: shortLine(input.why, 300) }
  if (input.type === 'state-read') return { ...openRequests(model, input.requests), state: undefined }
  if (input.type === 'asked') return put(model, requestBlock(input.request))
  if (input.type === 'replied') return settle(model, input.request, input.reply)
  if (input.type === 'request-gone') return settle(model, input.request, 'withdrawn')
  if (!('session' in input) || input.type === 'child' || input.session !== model.root) return model
  return drawOwn(model, input, now)
}

function drawOwn(model: TranscriptModel, event: BusEvent, now: number): TranscriptModel {
  switch (event.type) {
    case 'message':
      return drawMessage(model, event.message)
    case 'part':
      return drawPart(withoutState(model), event.part)
    case 'delta':
      return append(withoutState(model), event)
    case 'part-removed':
      return { ...model, blocks: model.blocks.filter((block) => block.id !== event.part) }
    case 'message-removed':
      return { ...model, blocks: model.blocks.filter((block) => block.message !== event.message) }
    case 'compacted':
      return put(model, { kind: 'notice', id: `compacted-${now}`, message: '', text: 'the conversation was compacted' })
    case 'failed':
      return drawFailure(model, { id: `failed-${now}`, message: '', name: event.name, text: event.message })
    case 'status':
      return drawStatus(model, event.status, now)
    default:
      return model
  }
}

function drawStatus(
  model: TranscriptModel,
  status: Extract<BusEvent, { type: 'status' }>['status'],
  now: number,
): TranscriptModel {
  if (status.type === 'idle') return withoutState(closeRequests(model, 'withdrawn'))
  if (status.type === 'busy') return model
  const seconds = Math.max(0, Math.round((status.nextAt - now) / 1000))
  return {
    ...model,
    state: `attempt ${status.attempt} failed, next in ${seconds} s: ${shortLine(status.message, 300)}`,
  }
}

function drawMessage(
  model: TranscriptModel,
  message: Extract<BusEvent, { type: 'message' }>['message'],
): TranscriptModel {
  if (message.role === 'user') {
    return model.prompts.has(message.id) ? model : { ...model, prompts: new Set([...model.prompts, message.id]) }
  }
  if (message.error === undefined) return model
  const { name, message: text } = message.error
  return drawFailure(model, { id: `failed-${message.id}`, message: message.id, name, text })
}

/** The same failure is told by the session and by its message: it is drawn once. */
function drawFailure(
  model: TranscriptModel,
  failure: { readonly id: string; readonly message: string; readonly name: string; readonly text: string },
): TranscriptModel {
  const isStop = failure.name === ABORTED
  const text = isStop ? 'stopped' : plainText(failure.text || failure.name)
  const last = model.blocks.at(-1)
  const isTold = (last?.kind === 'error' || last?.kind === 'notice') && last.text === text
  if (isTold || model.blocks.some((block) => block.id === failure.id)) return model
  return put(model, { kind: isStop ? 'notice' : 'error', id: failure.id, message: failure.message, text })
}

function drawPart(model: TranscriptModel, part: Part): TranscriptModel {
  const { id, message } = part
  if (part.kind === 'tool') return put(model, { kind: 'tool', id, message, part })
  const isNothing = part.text.trim() === '' && !model.blocks.some((block) => block.id === id)
  if (part.kind === 'text' && part.isHidden) return model
  const kind = part.kind === 'thought' ? 'thought' : model.prompts.has(message) ? 'prompt' : 'text'
  if (isNothing && kind === 'prompt') return model
  return put(model, { kind, id, message, text: part.text })
}

function append(model: TranscriptModel, delta: Extract<BusEvent, { type: 'delta' }>): TranscriptModel {
  const at = model.blocks.findLastIndex((block) => block.id === delta.part)
  const block = model.blocks[at]
  if (block?.kind !== 'text' && block?.kind !== 'thought') return model
  return { ...model, blocks: model.blocks.with(at, { ...block, text: block.text + delta.text }) }
}

function put(model: TranscriptModel, block: Block): TranscriptModel {
  const known = model.blocks.findLastIndex((each) => each.id === block.id)
  if (known >= 0) return { ...model, blocks: model.blocks.with(known, block) }
  // A prompt may have been given while the message still grows: its pieces stay together.
  const family = block.message === '' ? -1 : model.blocks.findLastIndex((each) => each.message === block.message)
  const blocks = family < 0 ? [...model.blocks, block] : model.blocks.toSpliced(family + 1, 0, block)
  return { ...model, blocks: blocks.slice(-BLOCKS_KEPT) }
}

function requestBlock(request: Request): Block {
  return { kind: 'request', id: request.id, message: '', request, reply: undefined }
}

function settle(model: TranscriptModel, id: string, reply: string): TranscriptModel {
  const at = model.blocks.findIndex((block) => block.id === id)
  const block = model.blocks[at]
  if (block?.kind !== 'request' || block.reply !== undefined) return model
  return { ...model, blocks: model.blocks.with(at, { ...block, reply: shortLine(reply, LONGEST_ANSWER) }) }
}

function openRequests(model: TranscriptModel, requests: readonly Request[]): TranscriptModel {
  const open = new Set(requests.map((request) => request.id))
  const closed = closeRequests(model, 'answered elsewhere', (id) => !open.has(id))
  const known = new Set(closed.blocks.map((block) => block.id))
  return requests
    .filter((request) => !known.has(request.id))
    .reduce((next, each) => put(next, requestBlock(each)), closed)
}

function closeRequests(model: TranscriptModel, reply: string, isMeant = (_id: string) => true): TranscriptModel {
  const waiting = model.blocks.filter(
    (block) => block.kind === 'request' && block.reply === undefined && isMeant(block.id),
  )
  return waiting.reduce((next, block) => settle(next, block.id, reply), model)
}

function withoutState(model: TranscriptModel): TranscriptModel {
  return model.state === undefined ? model : { ...model, state: undefined }
}
