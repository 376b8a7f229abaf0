import { describe, expect, test } from 'vitest'
import { editText, pasteText, type TextField, textField } from '../../../src/ui/store/text-field.ts'

/** A field written as text with `|` where the cursor is. */
function field(marked: string): TextField {
  return { text: marked.replace('|', ''), cursor: marked.indexOf('|') }
}

function shown({ text, cursor }: TextField): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}

const CASES: readonly (readonly [before: string, key: string, after: string])[] = [
  ['ab|', 'backspace', 'a|'],
  ['|ab', 'backspace', '|ab'],
  ['a|b', 'delete', 'a|'],
  ['日本|', 'backspace', '日|'],
  ['👩‍👧|', 'backspace', '|'],
  ['e\u0301|', 'left', '|e\u0301'],
  ['one two|', 'ctrl+w', 'one |'],
  ['one two  |', 'alt+backspace', 'one |'],
  ['one two|', 'ctrl+u', '|'],
  ['one\ntwo|', 'ctrl+u', 'one\n|'],
  ['|one two', 'ctrl+k', '|'],
  ['one two|', 'ctrl+a', '|one two'],
  ['one\nt|wo', 'home', 'one\n|two'],
  ['|one\ntwo', 'end', 'one|\ntwo'],
  ['one two|', 'ctrl+left', 'one |two'],
  ['|one two', 'alt+f', 'one| two'],
  ['a|', 'space', 'a |'],
  ['a|\nb', 'right', 'a\n|b'],
  ['a\n|b', 'left', 'a|\nb'],
  ['a|', 'alt+enter', 'a\n|'],
  ['a|', 'shift+enter', 'a\n|'],
]

describe('line editor', () => {
  test.each(CASES)('%j after %s is %j', (before, key, after) => {
    const edited = editText(field(before), { name: key }, { isMultiline: true })
    expect(edited === undefined ? undefined : shown(edited)).toBe(after)
  })

  test('typed text goes in at the cursor', () => {
    expect(shown(editText(field('a|c'), { name: 'b', text: 'b' })!)).toBe('ab|c')
  })

  test('a key that means nothing to a text is left to the overlay', () => {
    expect(editText(textField('a'), { name: 'f5' })).toBeUndefined()
    expect(editText(textField('a'), { name: 'tab' })).toBeUndefined()
  })

  test('a paste keeps its lines only in a field of several lines, and never a control character', () => {
    expect(pasteText(textField(), 'one\r\ntwo\x1b[31m\x07', { isMultiline: true }).text).toBe('one\ntwo[31m')
    expect(pasteText(textField(), 'one\ntwo\n').text).toBe('one two')
  })

  test('a field of one line takes no line end', () => {
    expect(editText(textField('a'), { name: 'alt+enter' })).toEqual(textField('a'))
  })
})
