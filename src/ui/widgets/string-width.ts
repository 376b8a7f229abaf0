import { stripVTControlCharacters } from 'node:util'
import { textWidth } from '../../core/widths.ts'

/**
 * What the bundle gives Ink in place of the package `string-width`: columns of a text by the rules of every other screen here, so that
 * the chrome is laid out as it is drawn. The package compiles a table of all emoji at its first text, which the operator waits for.
 */
export function stringWidth(text: string, options: { readonly countAnsiEscapeCodes?: boolean } = {}): number {
  return textWidth(options.countAnsiEscapeCodes === true ? text : stripVTControlCharacters(text))
}
