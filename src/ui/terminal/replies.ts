import type { Token } from './tokenizer.ts'

/** Finals of the reports that terminals send in answer to a question, and never for a key. */
const REPORT_FINALS = new Set(['c', 'n', 't', 'x', 'y'])

/** Whether a token answers a question that a program put to the terminal: attributes, positions, modes, colours. */
export function isReply(token: Token): boolean {
  if (token.kind === 'string-reply') return true
  if (token.kind !== 'csi') return false
  const { parameters, final } = token
  if (REPORT_FINALS.has(final)) return true
  if (/^[?>=]/.test(parameters)) return true
  return final === 'R' && /^\d+;\d+$/.test(parameters) && !/^1;([2-9]|1[0-6])$/.test(parameters)
}

/** Whether the terminal window got or lost the keyboard; `undefined` for other tokens. */
export function focusReport(token: Token): 'in' | 'out' | undefined {
  if (token.kind !== 'csi' || token.parameters !== '') return undefined
  if (token.final === 'I') return 'in'
  return token.final === 'O' ? 'out' : undefined
}
