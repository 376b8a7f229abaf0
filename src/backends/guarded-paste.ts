import { fail } from '../core/errors.ts'
import type { Dispose } from '../core/scope.ts'
import type { DeliveryStage } from './backend.ts'

/** The line a person would type into, as far as a guarded paste has to know it. Reading it must be cheap. */
export interface Composer {
  /** Why typing is not safe at this moment; undefined = safe. */
  whyNotType(): string | undefined
  paste(): void
  enter(): void
  /** `ours` = it holds exactly the pasted text; `other` = it holds something else; `hidden` = it cannot be seen. */
  look(): 'ours' | 'other' | 'hidden'
  /** Whether the agent itself has said that it got this text. */
  isConfirmed(): boolean
  /** Calls back when any of the above may have changed. */
  onChange(listener: () => void): Dispose
}

/** How patient a guarded paste is; every figure in milliseconds. */
export interface Patience {
  readonly visibleMs: number
  readonly confirmMs: number
  /** How long a dialog that came up between the paste and its Enter may stay. */
  readonly dialogMs: number
  /** How often Enter alone is sent. */
  readonly enters: number
}

export const PATIENCE: Patience = { visibleMs: 2500, confirmMs: 900, dialogMs: 120_000, enters: 4 }

/**
 * Types one text as a person would: paste, wait until it is visible, Enter, wait for the agent's word; then Enter alone again.
 * Whether typing is safe is asked immediately before the paste and before every Enter, because Enter in a dialog is a yes.
 *
 * Rejects with `message.unsafe` when nothing was typed, else with `message.unconfirmed`: a text that did not show up, or that
 * stands behind somebody's draft, is neither sent nor taken back. Taking it back would need keys that may hit a draft or a
 * dialog; left alone, the worst case is a text that waits in plain sight for the operator's own Enter.
 */
export async function guardedPaste(
  composer: Composer,
  report: (stage: DeliveryStage) => void,
  options: { readonly name: string; readonly patience?: Patience },
): Promise<'seen' | 'submitted'> {
  const { name, patience = PATIENCE } = options
  const why = composer.whyNotType()
  if (why !== undefined) fail('message.unsafe', { name, why })
  composer.paste()
  const isVisible = await when(composer, patience.visibleMs, () => composer.look() === 'ours')
  if (!isVisible) fail('message.unconfirmed', { name, why: 'its prompt does not show the text' })
  report('injected')
  for (let sent = 0; sent < patience.enters; sent += 1) {
    const isSafe = await when(composer, patience.dialogMs, () => {
      return composer.isConfirmed() || (composer.whyNotType() === undefined && composer.look() !== 'hidden')
    })
    if (!isSafe) fail('message.unconfirmed', { name, why: composer.whyNotType() ?? 'its prompt is not on screen' })
    if (composer.isConfirmed()) return confirmed(report)
    // Somebody else has sent, changed or removed the text meanwhile: an Enter would not be ours to press.
    if (composer.look() === 'other') break
    composer.enter()
    if (await when(composer, patience.confirmMs, () => composer.isConfirmed())) return confirmed(report)
  }
  if (composer.isConfirmed()) return confirmed(report)
  // The prompt let go of the text without a word: the agent has taken it into the turn that runs.
  if (composer.look() !== 'other') fail('message.unconfirmed', { name, why: 'Enter had no effect' })
  report('submitted')
  return 'submitted'
}

function confirmed(report: (stage: DeliveryStage) => void): 'seen' {
  report('submitted')
  report('seen')
  return 'seen'
}

/** How often a wait looks at the time. */
const TICK_MS = 100

/**
 * Resolves with true as soon as the condition holds, with false after the time. Time in which this process cannot run does not count:
 * what came meanwhile is still to be read.
 */
export function when(
  source: { onChange(listener: () => void): Dispose },
  withinMs: number,
  condition: () => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    let stop: Dispose = () => undefined
    let timer: NodeJS.Timeout | undefined
    let leftMs = withinMs
    let lookedAt = performance.now()
    const settle = (isMet: boolean): void => {
      clearTimeout(timer)
      stop()
      resolve(isMet)
    }
    const tick = (): void => {
      const now = performance.now()
      leftMs -= Math.min(now - lookedAt, TICK_MS)
      lookedAt = now
      if (leftMs <= 0) settle(condition())
      else timer = setTimeout(tick, Math.min(TICK_MS, leftMs))
    }
    if (condition()) return resolve(true)
    timer = setTimeout(tick, Math.min(TICK_MS, leftMs))
    stop = source.onChange(() => {
      if (condition()) settle(true)
    })
  })
}
