import { fail } from '../../core/errors.ts'
import type { Dispose } from '../../core/scope.ts'
import type { DeliveryStage, Terminal } from '../backend.ts'
import { type Composer, guardedPaste, when } from '../guarded-paste.ts'
import { promptKey, promptText } from './prompt-text.ts'
import { PASTE_MARK, promptOn } from './screen-rules.ts'
import type { TypingGate } from './typing-gate.ts'

/** What a delivery needs of its agent. */
export interface DeliveryPlace {
  readonly name: string
  readonly terminal: Terminal
  readonly gate: TypingGate
  whyNotType(): string | undefined
  isWorking(): boolean
  onChange(listener: () => void): Dispose
}

/** Types texts into one agent, one after the other. */
export interface Deliveries {
  deliver(text: string, report: (stage: DeliveryStage) => void): Promise<void>
  /** The agent says that it got this prompt. */
  confirm(prompt: string): void
}

/** A prompt taken into a running turn is awaited this long before its delivery ends without `seen`. */
const SEEN_WITHIN_MS = 10 * 60_000

/** A dialog that is about to come or to go, and a prompt that is being drawn, is waited for this long before the delivery is refused. */
const CLEARS_WITHIN_MS = 4000

interface Awaited {
  readonly key: string
  isSeen: boolean
}

/** Deliveries for one agent. */
export function createDeliveries(place: DeliveryPlace): Deliveries {
  const awaited = new Set<Awaited>()
  const left: Leftover = { key: undefined }
  let typing: Promise<unknown> = Promise.resolve()
  const deliver = async (text: string, report: (stage: DeliveryStage) => void) => {
    const prompt = promptText(text)
    if (prompt.trim() === '') fail('message.empty')
    const each: Awaited = { key: promptKey(prompt), isSeen: false }
    awaited.add(each)
    try {
      const typed = typing.then(() => type(place, { prompt, awaited: each, report, left }))
      typing = typed.catch(() => undefined)
      if ((await typed) === 'seen') return
      await when(place, SEEN_WITHIN_MS, () => each.isSeen || !place.isWorking())
      if (each.isSeen) report('seen')
    } finally {
      awaited.delete(each)
    }
  }
  return {
    deliver,
    confirm(prompt) {
      const key = promptKey(prompt)
      const each = [...awaited].find((other) => !other.isSeen && other.key === key)
      if (each !== undefined) each.isSeen = true
    },
  }
}

/** A text of ours that was typed and could not be sent: whatever is typed while it stands there becomes a part of it. */
interface Leftover {
  key: string | undefined
}

interface Typing {
  readonly prompt: string
  readonly awaited: Awaited
  readonly report: (stage: DeliveryStage) => void
  readonly left: Leftover
}

async function type(place: DeliveryPlace, { prompt, awaited, report, left }: Typing): Promise<'seen' | 'submitted'> {
  const composer = composerFor(place, prompt, awaited)
  await when(composer, CLEARS_WITHIN_MS, () => place.gate.whyNotType() === undefined && composer.look() !== 'hidden')
  if (isStillThere(place, left)) fail('message.unsafe', { name: place.name, why: LEFTOVER })
  left.key = awaited.key
  try {
    const stage = await guardedPaste(composer, report, { name: place.name })
    left.key = undefined
    return stage
  } finally {
    place.gate.typed()
  }
}

const LEFTOVER = 'its prompt still holds an earlier text that could not be sent; send or clear it there'

function isStillThere({ terminal }: DeliveryPlace, { key }: Leftover): boolean {
  return key !== undefined && lookAt(promptOn(terminal.lines()), key) === 'ours'
}

function composerFor(place: DeliveryPlace, prompt: string, awaited: Awaited): Composer {
  const { terminal } = place
  const bytes = new TextEncoder()
  const write = (keys: string) => {
    place.gate.keyWritten()
    terminal.write(bytes.encode(keys))
  }
  return {
    whyNotType: () => {
      const why = place.whyNotType()
      if (why !== undefined) return why
      return promptOn(terminal.lines()) === undefined ? 'its prompt is not on screen' : undefined
    },
    paste: () => write(`\x1b[200~${prompt}\x1b[201~`),
    enter: () => write('\r'),
    look: () => lookAt(promptOn(terminal.lines()), awaited.key),
    isConfirmed: () => awaited.isSeen,
    onChange: (listener) => {
      const stops = [terminal.onChange(listener), place.onChange(listener), place.gate.onChange(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

/** How much of a text must be visible to be taken for it: the prompt box shows a part of a tall one. */
const VISIBLE_ENOUGH = 16

/** What the prompt box holds, seen from the text with this key. */
export function lookAt(shown: string | undefined, key: string): 'ours' | 'other' | 'hidden' {
  if (shown === undefined) return 'hidden'
  if (PASTE_MARK.test(shown)) return 'ours'
  const part = promptKey(shown)
  const isEnough = part.length >= Math.min(VISIBLE_ENOUGH, key.length)
  return isEnough && key.includes(part) ? 'ours' : 'other'
}
