import { CONTENT, type Grid, WORDS } from '../../core/grid.ts'
import { fillCells } from './compose.ts'
import { diffRow, type Span } from './diff.ts'
import type { GlyphTable } from './glyphs.ts'

/** What the operator's terminal shows at present, cell by cell; combined cells name a glyph of the table. */
export class FrontBuffer {
  readonly cols: number
  readonly rows: number
  readonly #cells: Uint32Array
  readonly #glyphs: GlyphTable

  constructor(cols: number, rows: number, glyphs: GlyphTable) {
    this.cols = cols
    this.rows = rows
    this.#cells = new Uint32Array(cols * rows * WORDS)
    this.#glyphs = glyphs
    this.clear()
  }

  /** Blanks of the default colours everywhere, as after the terminal was cleared. */
  clear(): void {
    fillCells({ row: this.#cells, at: 0, count: this.cols * this.rows }, 0)
  }

  /** Takes over a row and returns the spans of it that must be written. */
  update(row: number, next: Uint32Array): readonly Span[] {
    const offset = row * this.cols * WORDS
    const spans = diffRow(this.#cells, offset, next)
    if (spans.length > 0) this.#cells.set(next, offset)
    return spans
  }

  /** Makes every cell that names a glyph differ from any other, because the table starts anew. */
  forgetGlyphs(): void {
    for (let word = 0; word < this.#cells.length; word += WORDS) {
      if (((this.#cells[word] as number) & CONTENT.combined) !== 0) this.#cells[word] = 0
    }
  }

  /** The rows as text without trailing blanks. */
  text(): readonly string[] {
    return Array.from({ length: this.rows }, (_, row) => {
      let text = ''
      for (let column = 0; column < this.cols; column++) {
        const content = this.#cells[(row * this.cols + column) * WORDS] as number
        if (content >>> CONTENT.widthShift !== 0) text += this.#contentText(content)
      }
      return text.trimEnd()
    })
  }

  /** The cells as a grid of its own. */
  grid(): Grid {
    const cells = this.#cells.slice()
    const combined = new Map<number, string>()
    for (let index = 0; index < this.cols * this.rows; index++) {
      const content = cells[index * WORDS] as number
      if ((content & CONTENT.combined) === 0) continue
      combined.set(index, this.#contentText(content))
      cells[index * WORDS] = content & ~CONTENT.codePoint
    }
    return { cols: this.cols, rows: this.rows, cells, combined }
  }

  #contentText(content: number): string {
    const value = content & CONTENT.codePoint
    return (content & CONTENT.combined) === 0 ? String.fromCodePoint(value) : this.#glyphs.text(value)
  }
}
