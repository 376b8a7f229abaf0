import { textCells } from '../../core/widths.ts'

/** A text that is being edited. `cursor` is an index into `text`, never inside a character. */
export interface TextField {
  readonly text: string
  readonly cursor: number
}

/** A key as the line editor sees it: its name, and the text it types if it types any. */
export interface EditKey {
  readonly name: string
  readonly text?: string | undefined
}

export interface EditOptions {
  /** Whether Alt+Enter, Shift+Enter and pasted line ends make new lines; otherwise they become spaces. */
  readonly isMultiline?: boolean
}

/** A field with this text and the cursor at its end. */
export const textField = (text = ''): TextField => ({ text, cursor: text.length })

/** The field after a key, or undefined when the key means nothing to a text. */
export function editText(field: TextField, key: EditKey, options: EditOptions = {}): TextField | undefined {
  const isNewline = key.name === 'alt+enter' || key.name === 'shift+enter' || key.name === 'ctrl+j'
  if (isNewline) return options.isMultiline === true ? insert(field, '\n') : field
  const edit = EDITS[key.name]
  if (edit !== undefined) return edit(field)
  if (key.text === undefined || key.text === '' || /[\u0000-\u001f\u007f]/.test(key.text)) return undefined
  return insert(field, key.text)
}

/** The field after a paste; control characters are dropped, line ends kept only in a field of several lines. */
export function pasteText(field: TextField, pasted: string, options: EditOptions = {}): TextField {
  const lines = pasted.replaceAll(/\r\n?/g, '\n').replaceAll('\t', '  ')
  const text = options.isMultiline === true ? lines : lines.trim().replaceAll('\n', ' ')
  return insert(field, text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ''))
}

const EDITS: Readonly<Record<string, (field: TextField) => TextField>> = {
  space: (field) => insert(field, ' '),
  backspace: (field) => removeTo(field, before(field)),
  'shift+backspace': (field) => removeTo(field, before(field)),
  'ctrl+h': (field) => removeTo(field, before(field)),
  delete: (field) => removeTo(field, after(field)),
  'ctrl+d': (field) => removeTo(field, after(field)),
  'ctrl+w': (field) => removeTo(field, wordBefore(field)),
  'alt+backspace': (field) => removeTo(field, wordBefore(field)),
  'ctrl+backspace': (field) => removeTo(field, wordBefore(field)),
  'alt+d': (field) => removeTo(field, wordAfter(field)),
  'ctrl+delete': (field) => removeTo(field, wordAfter(field)),
  'ctrl+u': (field) => removeTo(field, lineStart(field)),
  'ctrl+k': (field) => removeTo(field, lineEnd(field)),
  left: (field) => moveTo(field, before(field)),
  'ctrl+b': (field) => moveTo(field, before(field)),
  right: (field) => moveTo(field, after(field)),
  'ctrl+f': (field) => moveTo(field, after(field)),
  'ctrl+left': (field) => moveTo(field, wordBefore(field)),
  'alt+left': (field) => moveTo(field, wordBefore(field)),
  'alt+b': (field) => moveTo(field, wordBefore(field)),
  'ctrl+right': (field) => moveTo(field, wordAfter(field)),
  'alt+right': (field) => moveTo(field, wordAfter(field)),
  'alt+f': (field) => moveTo(field, wordAfter(field)),
  home: (field) => moveTo(field, lineStart(field)),
  'ctrl+a': (field) => moveTo(field, lineStart(field)),
  end: (field) => moveTo(field, lineEnd(field)),
  'ctrl+e': (field) => moveTo(field, lineEnd(field)),
}

function insert({ text, cursor }: TextField, added: string): TextField {
  return { text: text.slice(0, cursor) + added + text.slice(cursor), cursor: cursor + added.length }
}

function moveTo(field: TextField, cursor: number): TextField {
  return cursor === field.cursor ? field : { ...field, cursor }
}

function removeTo(field: TextField, other: number): TextField {
  const start = Math.min(other, field.cursor)
  const end = Math.max(other, field.cursor)
  return start === end ? field : { text: field.text.slice(0, start) + field.text.slice(end), cursor: start }
}

function before({ text, cursor }: TextField): number {
  if (text[cursor - 1] === '\n') return cursor - 1
  return cursor - (textCells(text.slice(0, cursor)).at(-1)?.text.length ?? 0)
}

function after({ text, cursor }: TextField): number {
  if (text[cursor] === '\n') return cursor + 1
  return cursor + (textCells(text.slice(cursor))[0]?.text.length ?? 0)
}

function wordBefore({ text, cursor }: TextField): number {
  return cursor - (/\S*\s*$/.exec(text.slice(0, cursor))?.[0].length ?? 0)
}

function wordAfter({ text, cursor }: TextField): number {
  return cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0)
}

function lineStart({ text, cursor }: TextField): number {
  return text.lastIndexOf('\n', cursor - 1) + 1
}

function lineEnd({ text, cursor }: TextField): number {
  const end = text.indexOf('\n', cursor)
  return end < 0 ? text.length : end
}
