import type { AnswerKind, NeedDraft, NeedOption, NeedQuestion } from './need.ts'
import { shortLine, visibleText } from './plain-text.ts'
import type { Signal } from './signals.ts'

/** Most characters of what a need asks; a longer text is cut and can only be allowed in the session itself. */
export const LONGEST_NEED = 64 * 1024

/** Most characters of a need's title, and of why a session does what it does. */
export const LONGEST_LINE = 500

/** Most characters of an option or its explanation. */
export const LONGEST_OPTION = 4_000

/** Most options of one question, and questions of one need. */
export const MOST_OPTIONS = 100

/** Most characters kept of what an agent has replied. */
export const LONGEST_REPLY = 256 * 1024

/** Answers that agree to nothing: they can be given without having seen all. */
const AGREES_TO_NOTHING: ReadonlySet<AnswerKind> = new Set(['deny'])

/** What a backend reports, small enough to be kept, sent and drawn, with nothing in it that could hide or pose as something else. */
export function boundedSignal(signal: Signal): Signal {
  switch (signal.type) {
    case 'need':
      return { ...signal, need: boundedNeed(signal.need) }
    case 'replied':
      return { ...signal, text: cut(signal.text, LONGEST_REPLY) }
    case 'ready':
    case 'activity':
      return { ...signal, why: shortLine(signal.why, LONGEST_LINE) }
    default:
      return signal
  }
}

function boundedNeed(need: NeedDraft): NeedDraft {
  const questions = need.questions?.slice(0, MOST_OPTIONS).map(boundedQuestion)
  const bounded: NeedDraft = {
    ...need,
    ...boundedTexts(need),
    ...(questions === undefined ? {} : { questions }),
    ...(need.always === undefined ? {} : { always: shown(need.always, LONGEST_NEED) }),
  }
  return isWhole(need) ? bounded : { ...bounded, answers: need.answers.filter((kind) => AGREES_TO_NOTHING.has(kind)) }
}

type Asked = Pick<NeedDraft, 'title' | 'body' | 'options'>

function boundedTexts({ title, body, options }: Asked): Asked {
  return {
    title: shortLine(visibleText(title), LONGEST_LINE),
    body: shown(body, LONGEST_NEED),
    options: options.slice(0, MOST_OPTIONS).map(boundedOption),
  }
}

function boundedQuestion(question: NeedQuestion): NeedQuestion {
  return { ...question, ...boundedTexts(question) }
}

function boundedOption({ key, label, detail }: NeedOption): NeedOption {
  const more = detail === undefined ? {} : { detail: shown(detail, LONGEST_OPTION) }
  return { key, label: shown(label, LONGEST_OPTION), ...more }
}

/** Whether everything that is asked can be shown: who agrees must have been able to see what to. */
function isWhole({ always = '', questions = [], ...need }: NeedDraft): boolean {
  const parts: readonly Asked[] = [need, ...questions]
  return always.length <= LONGEST_NEED && questions.length <= MOST_OPTIONS && parts.every(fits)
}

function fits({ title, body, options }: Asked): boolean {
  const isShort = title.length <= LONGEST_LINE && body.length <= LONGEST_NEED && options.length <= MOST_OPTIONS
  return isShort && options.every(({ label, detail = '' }) => label.length + detail.length <= LONGEST_OPTION)
}

function shown(text: string, most: number): string {
  return visibleText(cut(text, most))
}

function cut(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text.slice(0, most)}\n… ${text.length - most} characters more: look at the session`
}
