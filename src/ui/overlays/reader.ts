import type { CommandId } from '../../core/commands.ts'
import type { NeedId, SessionId } from '../../core/ids.ts'
import type { Answer, Need } from '../../core/need.ts'
import type { Keymap } from '../keymap/keymap.ts'
import { wrapLines } from '../widgets/plain-text.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'
import { scrolledBy } from './scrolling.ts'

/** A whole text: what a session asks, its last reply, or a message, as it was when this was opened. */
export interface ReaderOverlay {
  readonly kind: 'reader'
  readonly title: string
  readonly text: string
  /** The need that is read: the keys that answer it work here too, for this one only. */
  readonly asked?: { readonly id: SessionId; readonly need: Need }
  /** It is of the selected session, which can be replied to from here. */
  readonly canReply: boolean
  readonly scroll: number
}

/** How much of the text is seen at once, and what keys mean. */
export interface ReaderRoom {
  readonly columns: number
  readonly rows: number
  readonly keymap: Keymap
}

/** The lines of the text in so many columns. */
export function readerLines({ text }: ReaderOverlay, columns: number): readonly string[] {
  return wrapLines(text.trimEnd(), columns)
}

/** The reader after an input: it scrolls, copies, answers the need it shows, or closes. */
export function stepReader(overlay: ReaderOverlay, input: OverlayInput, room: ReaderRoom): OverlayStep<ReaderOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  const { name } = input.key
  const commands = room.keymap.commandsOf(name)
  if (name === 'enter' || commands.includes('reader.open') || commands.includes('room.quit')) return CLOSED
  if (commands.includes('pane.copy')) return { overlay, effect: { kind: 'copy', text: overlay.text } }
  if (overlay.canReply && commands.includes('session.reply'))
    return { overlay: undefined, effect: { kind: 'run', command: 'session.reply' } }
  const { asked } = overlay
  const answer = asked === undefined ? undefined : answerOf(asked.need, name, commands)
  if (asked !== undefined && answer !== undefined) return answered(asked.id, asked.need.id, answer)
  const last = Math.max(0, readerLines(overlay, room.columns).length - room.rows)
  return {
    overlay: {
      ...overlay,
      scroll: scrolledBy(Math.min(overlay.scroll, last), name, { last, rows: room.rows }) ?? overlay.scroll,
    },
  }
}

const ANSWERS: Readonly<Partial<Record<CommandId, Answer>>> = {
  'need.allow': { kind: 'allow' },
  'need.always': { kind: 'always' },
  'need.deny': { kind: 'deny' },
}

function answerOf({ answers, options }: Need, key: string, commands: readonly CommandId[]): Answer | undefined {
  const answer = commands.map((id) => ANSWERS[id]).find((each) => each !== undefined && answers.includes(each.kind))
  if (answer !== undefined) return answer
  const isOption =
    commands.includes('need.option') && answers.includes('option') && options.some((option) => option.key === key)
  return isOption ? { kind: 'option', key } : undefined
}

function answered(id: SessionId, needId: NeedId, answer: Answer): OverlayStep<ReaderOverlay> {
  return { overlay: undefined, effect: { kind: 'answer', id, needId, answer } }
}
