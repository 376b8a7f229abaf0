import { choiceLabels } from '../../core/choices.ts'
import type { NeedQuestion } from '../../core/need.ts'
import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'
import type { Asked } from './reply.ts'

/** A row of the form: an option of a question, or the place for own words (`option` is then the number of options). */
export interface ChoicePlace {
  readonly question: number
  readonly option: number
}

/** Answering several questions at once, or one that takes several options. */
export interface ChooseOverlay extends Asked {
  readonly kind: 'choose'
  readonly questions: readonly NeedQuestion[]
  /** For each question the keys of its chosen options, and its own words. */
  readonly chosen: readonly (readonly string[])[]
  readonly texts: readonly TextField[]
  readonly place: ChoicePlace
  readonly problem: string | undefined
  readonly isPending: boolean
}

/** The form with nothing chosen; `first` is a key that was pressed to open it. */
export function openChoose(asked: Asked, questions: readonly NeedQuestion[], first?: string): ChooseOverlay {
  const form: ChooseOverlay = {
    kind: 'choose',
    ...asked,
    questions,
    chosen: questions.map(() => []),
    texts: questions.map(() => textField()),
    place: { question: 0, option: 0 },
    problem: undefined,
    isPending: false,
  }
  return first === undefined ? form : chooseKey(form, first)
}

/** Every row, from top to bottom. */
export function placesOf({ questions }: Pick<ChooseOverlay, 'questions'>): readonly ChoicePlace[] {
  return questions.flatMap(({ options, takesText }, question) =>
    Array.from({ length: options.length + (takesText ? 1 : 0) }, (_, option) => ({ question, option })),
  )
}

/** Whether own words are written at this place. */
export function isTextPlace({ questions }: Pick<ChooseOverlay, 'questions'>, place: ChoicePlace): boolean {
  return place.option === questions[place.question]?.options.length
}

/** The form after an input: arrows move, Space and digits choose, Tab goes to the next question, Enter sends. */
export function stepChoose(overlay: ChooseOverlay, input: OverlayInput): OverlayStep<ChooseOverlay> {
  if (isLeaving(input)) return CLOSED
  if (overlay.isPending) return { overlay }
  if (input.kind === 'paste') return { overlay: write(overlay, (field) => pasteText(field, input.text)) }
  const { key } = input
  if (key.name === 'enter') return send(overlay)
  const moved = moveBy(overlay, key.name)
  if (moved !== undefined) return { overlay: moved }
  if (isTextPlace(overlay, overlay.place)) return { overlay: write(overlay, (field) => editText(field, key)) }
  if (key.name === 'space') return { overlay: chooseHere(overlay) }
  return { overlay: chooseKey(overlay, key.name) }
}

function moveBy(overlay: ChooseOverlay, key: string): ChooseOverlay | undefined {
  const places = placesOf(overlay)
  const { place } = overlay
  if (key === 'tab' || key === 'shift+tab') {
    const count = overlay.questions.length
    const question = (place.question + (key === 'tab' ? 1 : count - 1)) % Math.max(1, count)
    return { ...overlay, place: { question, option: 0 } }
  }
  const step = key === 'down' ? 1 : key === 'up' ? -1 : 0
  if (step === 0) return undefined
  const at = places.findIndex((each) => each.question === place.question && each.option === place.option)
  const next = places[Math.max(0, Math.min(places.length - 1, at + step))]
  return next === undefined ? overlay : { ...overlay, place: next }
}

function chooseHere(overlay: ChooseOverlay): ChooseOverlay {
  const { question, option } = overlay.place
  const key = overlay.questions[question]?.options[option]?.key
  return key === undefined ? overlay : toggle(overlay, question, key)
}

function chooseKey(overlay: ChooseOverlay, key: string): ChooseOverlay {
  const { question } = overlay.place
  const option = overlay.questions[question]?.options.findIndex((each) => each.key === key) ?? -1
  return option < 0 ? overlay : toggle({ ...overlay, place: { question, option } }, question, key)
}

/** A question that takes one option forgets the one before, and its own words. */
function toggle(overlay: ChooseOverlay, question: number, key: string): ChooseOverlay {
  const isMulti = overlay.questions[question]?.isMulti === true
  const chosen = overlay.chosen.map((keys, at) => {
    if (at !== question) return keys
    if (keys.includes(key)) return keys.filter((each) => each !== key)
    return isMulti ? [...keys, key] : [key]
  })
  const texts = isMulti ? overlay.texts : overlay.texts.map((field, at) => (at === question ? textField() : field))
  return { ...overlay, chosen, texts, problem: undefined }
}

function write(overlay: ChooseOverlay, edit: (field: TextField) => TextField | undefined): ChooseOverlay {
  const { place, questions } = overlay
  if (!isTextPlace(overlay, place)) return overlay
  const { question } = place
  const isMulti = questions[question]?.isMulti === true
  const texts = overlay.texts.map((field, at) => (at === question ? (edit(field) ?? field) : field))
  const hasWords = texts[question]?.text.trim() !== ''
  const chosen = isMulti || !hasWords ? overlay.chosen : overlay.chosen.map((keys, at) => (at === question ? [] : keys))
  return { ...overlay, texts, chosen, problem: undefined }
}

function send(overlay: ChooseOverlay): OverlayStep<ChooseOverlay> {
  const { id, needId, questions, chosen, texts } = overlay
  const answer = { kind: 'options', keys: chosen, texts: texts.map((field) => field.text.trim()) } as const
  if (choiceLabels(questions, answer) !== undefined) {
    return { overlay: { ...overlay, isPending: true }, effect: { kind: 'answer', id, needId, answer } }
  }
  const open = questions.findIndex(
    (question, at) =>
      choiceLabels([question], { ...answer, keys: [chosen[at] ?? []], texts: [answer.texts[at] ?? ''] }) === undefined,
  )
  const title = questions[open]?.title ?? ''
  return { overlay: { ...overlay, place: { question: open, option: 0 }, problem: `Choose an answer first: ${title}` } }
}
