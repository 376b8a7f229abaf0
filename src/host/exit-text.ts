import type { Exit } from '../core/session.ts'

/** Signals by which an agent is ended on purpose. */
const ASKED_TO_END: ReadonlySet<string> = new Set(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGKILL'])
/** Exit codes with which programs say that such a signal ended them. */
const CODE_OF_SIGNAL: ReadonlyMap<number, string> = new Map([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [143, 'SIGTERM'],
])

/** What an exit means, in words, and whether it is something the operator should look at. */
export interface ExitText {
  readonly why: string
  readonly isFailure: boolean
}

/** What an exit means. `wasAsked`: we ended it, so that the signals we used are no failure. */
export function exitText(exit: Exit, wasAsked: boolean): ExitText {
  const signal = exit.signal ?? CODE_OF_SIGNAL.get(exit.code ?? 0)
  if (wasAsked && (exit.code === 0 || (signal !== undefined && ASKED_TO_END.has(signal))))
    return { why: 'terminated', isFailure: false }
  if (signal !== undefined) return { why: `ended by ${signal}`, isFailure: true }
  if (exit.code === 0) return { why: 'exited', isFailure: false }
  return { why: `exited with code ${exit.code ?? '?'}`, isFailure: true }
}
