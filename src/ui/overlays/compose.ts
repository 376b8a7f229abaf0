import { ControlError } from '../../core/errors.ts'
import type { SessionId } from '../../core/ids.ts'
import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

/** One who will get the message. */
export interface Recipient {
  readonly id: SessionId
  readonly name: string
}

/** Writing a nudge or a broadcast. */
export interface ComposeOverlay {
  readonly kind: 'compose'
  readonly type: 'nudge' | 'broadcast'
  readonly recipients: readonly Recipient[]
  readonly text: TextField
  readonly problem: string | undefined
}

/** An empty message to these sessions. */
export function openCompose(type: ComposeOverlay['type'], recipients: readonly Recipient[]): ComposeOverlay {
  return { kind: 'compose', type, recipients, text: textField(), problem: undefined }
}

/** The overlay after an input: Enter sends, Alt+Enter makes a new line. */
export function stepCompose(overlay: ComposeOverlay, input: OverlayInput): OverlayStep<ComposeOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste')
    return { overlay: write(overlay, pasteText(overlay.text, input.text, { isMultiline: true })) }
  if (input.key.name === 'enter') return send(overlay)
  const text = editText(overlay.text, input.key, { isMultiline: true })
  return { overlay: text === undefined ? overlay : write(overlay, text) }
}

function write(overlay: ComposeOverlay, text: TextField): ComposeOverlay {
  return { ...overlay, text, problem: undefined }
}

function send(overlay: ComposeOverlay): OverlayStep<ComposeOverlay> {
  const body = overlay.text.text.trim()
  if (body === '') return { overlay: { ...overlay, problem: new ControlError('message.empty').message } }
  const to = overlay.recipients.map((recipient) => recipient.id)
  return { overlay: undefined, effect: { kind: 'send', type: overlay.type, to, body } }
}
