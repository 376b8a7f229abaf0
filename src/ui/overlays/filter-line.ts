import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

/** Typing a filter; the room shows what matches meanwhile. */
export interface FilterOverlay {
  readonly kind: 'filter'
  readonly text: TextField
  /** The filter to return to. */
  readonly before: string
}

/** The filter line with the filter as it is. */
export function openFilter(filter: string): FilterOverlay {
  return { kind: 'filter', text: textField(filter), before: filter }
}

/** The filter line after an input: Enter keeps the filter, Escape brings the one before back. */
export function stepFilter(overlay: FilterOverlay, input: OverlayInput): OverlayStep<FilterOverlay> {
  if (isLeaving(input)) return { overlay: undefined, effect: { kind: 'filter', text: overlay.before } }
  if (input.kind === 'key' && input.key.name === 'enter') return { overlay: undefined }
  const text = input.kind === 'paste' ? pasteText(overlay.text, input.text) : editText(overlay.text, input.key)
  if (text === undefined) return { overlay }
  return { overlay: { ...overlay, text }, effect: { kind: 'filter', text: text.text } }
}
