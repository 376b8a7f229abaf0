import type { Compositor } from '../panes/compositor.ts'
import { formatAge, formatClock, untilAgeChange, untilClockChange } from '../theme/ages.ts'
import type { Glyphs } from '../theme/glyphs.ts'
import { slotStyle, type Theme } from '../theme/theme.ts'
import type { LiveSlotScene, LiveText } from '../views/scene.ts'
import { columnsOf } from '../widgets/plain-text.ts'
import type { Clock } from './clock.ts'

const SPINNER_MS = 250
/** Ages change at whole seconds, all of them at once: with twenty sessions each on its own the room would never sleep. */
const AGES_MS = 1000

export interface SlotOptions {
  readonly clock: Clock
  readonly theme: Theme
  readonly glyphs: Glyphs
  readonly compositor: Pick<Compositor, 'setSlot' | 'removeSlot'>
  /** Texts have changed: a frame is due. */
  onChange(): void
}

/** Keeps the live texts of the chrome up to date without drawing the chrome. */
export interface Slots {
  /** These are the live texts of the scene that is shown from now on. */
  show(slots: readonly LiveSlotScene[]): void
  dispose(): void
}

/** Creates the keeper of live texts. It wakes up only when the next text changes, and never when there is none. */
export function createSlots(options: SlotOptions): Slots {
  const { clock, theme, glyphs, compositor } = options
  let shown: readonly LiveSlotScene[] = []
  let cancel: (() => void) | undefined
  const painted = new Map<number, string>()

  function paintAll(): boolean {
    const now = clock.now()
    let hasChanged = false
    for (const each of shown) {
      const text = aligned(textOf(each.live, now, glyphs), each.width)
      const mark = `${text}\n${each.tone}\n${each.background ?? ''}`
      if (painted.get(each.slot) === mark) continue
      painted.set(each.slot, mark)
      compositor.setSlot(each.slot, { text, style: slotStyle(theme, each.tone, each.background) })
      hasChanged = true
    }
    return hasChanged
  }

  function wait(): void {
    cancel?.()
    cancel = undefined
    if (shown.length === 0) return
    const now = clock.now()
    const delayMs = Math.min(...shown.map((each) => untilChange(each.live, now)))
    cancel = clock.schedule(tick, Math.max(1, delayMs))
  }

  function tick(): void {
    cancel = undefined
    if (paintAll()) options.onChange()
    wait()
  }

  return {
    show(slots) {
      const kept = new Set(slots.map((each) => each.slot))
      for (const slot of [...painted.keys()].filter((each) => !kept.has(each))) {
        painted.delete(slot)
        compositor.removeSlot(slot)
      }
      shown = slots
      paintAll()
      wait()
    },
    dispose() {
      cancel?.()
      shown = []
    },
  }
}

function textOf(live: LiveText, now: number, glyphs: Glyphs): string {
  if (live.kind === 'age') return formatAge(now - live.since)
  if (live.kind === 'clock') return formatClock(now)
  return glyphs.spinner[Math.floor(now / SPINNER_MS) % glyphs.spinner.length] ?? ''
}

function untilChange(live: LiveText, now: number): number {
  if (live.kind === 'age') return Math.ceil((now + untilAgeChange(now - live.since)) / AGES_MS) * AGES_MS - now
  if (live.kind === 'clock') return untilClockChange(now)
  return SPINNER_MS - (now % SPINNER_MS)
}

/** Live texts are numbers: they end at the right edge of their place. */
function aligned(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columnsOf(text))) + text
}
