import type { CommandId } from '../../core/commands.ts'
import type { SessionId } from '../../core/ids.ts'
import type { Size } from '../../core/session.ts'
import type { Keymap } from '../keymap/keymap.ts'
import type { Rect } from '../panes/regions.ts'
import type { Glyphs } from '../theme/glyphs.ts'
import type { Theme, Tone } from '../theme/theme.ts'
import { fitLine, type Line, type Span } from '../widgets/spans.ts'

/** A text that changes by itself as time passes; the compositor paints it. */
export type LiveText =
  | { readonly kind: 'age'; readonly since: number }
  | { readonly kind: 'clock' }
  | { readonly kind: 'spinner' }

export interface LiveSlotScene {
  readonly slot: number
  readonly live: LiveText
  readonly width: number
  readonly tone: Tone
  readonly background: string | undefined
}

/** Lines at a place of the screen. Every line has exactly the block's width. */
export interface Block {
  readonly key: string
  readonly rect: Rect
  readonly lines: readonly Line[]
  readonly background: string | undefined
}

/** The inside of a pane: painted by the compositor. */
export interface PaneScene {
  readonly id: SessionId
  readonly index: number
  readonly rect: Rect
}

/** What a click does. */
export type HitAction =
  | { readonly kind: 'select'; readonly id: SessionId }
  | { readonly kind: 'command'; readonly id: CommandId }

export interface Hit {
  readonly rect: Rect
  readonly action: HitAction
}

/** A whole picture of the room as data: what Ink draws, what the compositor paints into it, and what clicks mean. */
export interface Scene {
  readonly size: Size
  readonly blocks: readonly Block[]
  readonly panes: readonly PaneScene[]
  readonly slots: readonly LiveSlotScene[]
  readonly hits: readonly Hit[]
  /** Whether something is drawn over the panes. */
  readonly isCovered: boolean
}

/** What scenes are made with. */
export interface SceneTools {
  readonly theme: Theme
  readonly glyphs: Glyphs
  readonly isAscii: boolean
  readonly keymap: Keymap
  /** The number of a live slot with this key; always the same for the same key. */
  readonly slotOf: (key: string) => number
  /** The number of a session's pane; always the same for the same session. */
  readonly paneOf: (id: SessionId) => number
}

/** Collects the parts of a scene. */
export interface SceneCanvas {
  readonly tools: SceneTools
  /** A place of `width` columns in a line where a live text goes. */
  live(key: string, live: LiveText, look: LiveLook): Span
  block(key: string, rect: Rect, lines: readonly Line[]): void
  /** Lines that lie over the room, on a background of their own. */
  panel(rect: Rect, lines: readonly Line[], background: string): void
  pane(id: SessionId, rect: Rect): void
  hit(rect: Rect, action: HitAction): void
  finish(size: Size): Scene
}

export interface LiveLook {
  readonly width: number
  readonly tone: Tone
  readonly background?: string | undefined
}

/** An empty canvas. */
export function createCanvas(tools: SceneTools): SceneCanvas {
  const blocks: Block[] = []
  const panes: PaneScene[] = []
  const slots: LiveSlotScene[] = []
  const hits: Hit[] = []
  let isCovered = false

  function fitted(rect: Rect, lines: readonly Line[]): readonly Line[] {
    const shown = lines.slice(0, rect.rows).map((line) => fitLine(line, rect.cols))
    return tools.isAscii ? shown.map(inAscii) : shown
  }

  return {
    tools,
    live(key, live, { width, tone, background }) {
      const slot = tools.slotOf(key)
      slots.push({ slot, live, width, tone, background })
      return { slot, width }
    },
    block(key, rect, lines) {
      if (rect.rows > 0 && rect.cols > 0) blocks.push({ key, rect, lines: fitted(rect, lines), background: undefined })
    },
    panel(rect, lines, background) {
      isCovered = true
      blocks.push({ key: 'panel', rect, lines: fitted(rect, lines), background })
    },
    pane(id, rect) {
      if (rect.rows > 0 && rect.cols > 0) panes.push({ id, index: tools.paneOf(id), rect })
    },
    hit(rect, action) {
      hits.push({ rect, action })
    },
    finish: (size) => ({ size, blocks, panes, slots, hits, isCovered }),
  }
}

const ASCII_SIGNS: Readonly<Record<string, string>> = { '…': '~', '–': '-', '×': 'x', '⏎': '/' }

/** The line without the few signs of the chrome's own words that ASCII lacks; what sessions say stays as it is. */
function inAscii(line: Line): Line {
  return line.map((part) =>
    'slot' in part ? part : { ...part, text: part.text.replaceAll(/[…–×⏎]/g, (sign) => ASCII_SIGNS[sign] ?? sign) },
  )
}
