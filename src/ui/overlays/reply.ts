import type { NeedId, SessionId } from '../../core/ids.ts'
import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

/** The question that is answered in words. */
export interface Asked {
  readonly id: SessionId
  readonly needId: NeedId
  readonly name: string
  /** What is asked, for the operator to see while writing. */
  readonly question: string
}

/** Answering in words, or denying with a reason. */
export interface ReplyOverlay extends Asked {
  readonly kind: 'reply'
  readonly answers: 'text' | 'deny'
  readonly text: TextField
  readonly problem: string | undefined
  /** The answer is on its way. */
  readonly isPending: boolean
}

/** An empty reply to this question. */
export function openReply(asked: Asked, answers: ReplyOverlay['answers']): ReplyOverlay {
  return { kind: 'reply', ...asked, answers, text: textField(), problem: undefined, isPending: false }
}

/** The reply after an input: Enter sends, Alt+Enter makes a new line. It stays open until the answer was taken. */
export function stepReply(overlay: ReplyOverlay, input: OverlayInput): OverlayStep<ReplyOverlay> {
  if (isLeaving(input)) return CLOSED
  if (overlay.isPending) return { overlay }
  if (input.kind === 'paste') return { overlay: write(overlay, pasteText(overlay.text, input.text, MULTILINE)) }
  if (input.key.name === 'enter') return send(overlay)
  const text = editText(overlay.text, input.key, MULTILINE)
  return { overlay: text === undefined ? overlay : write(overlay, text) }
}

const MULTILINE = { isMultiline: true } as const

function write(overlay: ReplyOverlay, text: TextField): ReplyOverlay {
  return { ...overlay, text, problem: undefined }
}

function send(overlay: ReplyOverlay): OverlayStep<ReplyOverlay> {
  const { id, needId, answers } = overlay
  const text = overlay.text.text.trim()
  if (text === '') {
    const problem = answers === 'deny' ? 'Write the reason; d denies without one' : 'Write the answer first'
    return { overlay: { ...overlay, problem } }
  }
  const effect = { kind: 'answer', id, needId, answer: { kind: answers, text } } as const
  return { overlay: { ...overlay, isPending: true }, effect }
}
