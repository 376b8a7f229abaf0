import type { SessionId } from '../../core/ids.ts'
import type { SnoozeLength } from '../../core/orchestrator.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

const MINUTE_MS = 60_000

/** How long sessions can be put aside, by the key that chooses it. */
export const SNOOZES: readonly { readonly key: string; readonly label: string; readonly length: SnoozeLength }[] = [
  { key: '1', label: '10 minutes', length: { ms: 10 * MINUTE_MS } },
  { key: '2', label: '30 minutes', length: { ms: 30 * MINUTE_MS } },
  { key: '3', label: '1 hour', length: { ms: 60 * MINUTE_MS } },
  { key: '4', label: '4 hours', length: { ms: 240 * MINUTE_MS } },
  { key: '5', label: 'until it changes', length: 'until-change' },
]

/** Choosing how long sessions are put aside. */
export interface SnoozeOverlay {
  readonly kind: 'snooze'
  readonly targets: readonly SessionId[]
  readonly question: string
  readonly index: number
}

/** The menu after an input: a digit chooses at once, arrows and Enter do too. */
export function stepSnooze(overlay: SnoozeOverlay, input: OverlayInput): OverlayStep<SnoozeOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  const { name } = input.key
  const step = name === 'down' || name === 'j' ? 1 : name === 'up' || name === 'k' ? -1 : 0
  if (step !== 0)
    return { overlay: { ...overlay, index: Math.max(0, Math.min(SNOOZES.length - 1, overlay.index + step)) } }
  const chosen = name === 'enter' ? SNOOZES[overlay.index] : SNOOZES.find((each) => each.key === name)
  if (chosen === undefined) return { overlay }
  const effect = { kind: 'snooze', targets: overlay.targets, length: chosen.length, label: chosen.label } as const
  return { overlay: undefined, effect }
}
