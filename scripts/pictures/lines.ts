/** Arms of a box-drawing character from the middle of its cell: left, right, up, down; 1 = light, 2 = heavy. */
type Arms = readonly [number, number, number, number]

const ARMS: Readonly<Record<string, Arms>> = {
  '─': [1, 1, 0, 0],
  '━': [2, 2, 0, 0],
  '╌': [1, 1, 0, 0],
  '│': [0, 0, 1, 1],
  '┃': [0, 0, 2, 2],
  '┌': [0, 1, 0, 1],
  '┐': [1, 0, 0, 1],
  '└': [0, 1, 1, 0],
  '┘': [1, 0, 1, 0],
  '╭': [0, 1, 0, 1],
  '╮': [1, 0, 0, 1],
  '╰': [0, 1, 1, 0],
  '╯': [1, 0, 1, 0],
  '├': [0, 1, 1, 1],
  '┤': [1, 0, 1, 1],
  '┬': [1, 1, 0, 1],
  '┴': [1, 1, 1, 0],
  '┼': [1, 1, 1, 1],
  '╹': [0, 0, 2, 0],
  '╻': [0, 0, 0, 2],
}

export interface CellBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A box-drawing character as SVG lines that meet those of its neighbours; undefined for any other character. */
export function svgLines(character: string, box: CellBox, colour: string): string | undefined {
  const arms = ARMS[character]
  if (arms === undefined) return undefined
  const { x, y, width, height } = box
  const [middleX, middleY] = [x + width / 2, y + height / 2]
  const ends: readonly [number, number][] = [
    [x, middleY],
    [x + width, middleY],
    [middleX, y],
    [middleX, y + height],
  ]
  return ends
    .flatMap(([toX, toY], index) => {
      const weight = arms[index] ?? 0
      if (weight === 0) return []
      return `<path d="M${middleX} ${middleY}L${toX} ${toY}" stroke="${colour}" stroke-width="${weight === 2 ? 2.2 : 1}"/>`
    })
    .join('')
}
