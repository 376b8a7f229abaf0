import { Text } from 'ink'
import type { ReactElement } from 'react'
import { slotColour } from '../panes/key-colour.ts'
import type { Theme } from '../theme/theme.ts'
import type { Line, Span } from './spans.ts'

/** One line of chrome. Live slots are blanks in their key colour. */
export function LineText({ line, theme }: { readonly line: Line; readonly theme: Theme }): ReactElement {
  // Spans have no identity: their place in the line is the only key there is, and they keep no state.
  return <Text wrap="truncate-end">{line.map((part, index) => spanText(part, theme, index))}</Text>
}

function spanText(part: Span, theme: Theme, index: number): ReactElement {
  if ('slot' in part) {
    return (
      <Text key={index} backgroundColor={slotColour(part.slot)}>
        {' '.repeat(part.width)}
      </Text>
    )
  }
  const { colour, isBold = false, isDim = false } = theme.tones[part.tone]
  const background = part.background === undefined ? {} : { backgroundColor: part.background }
  const foreground = colour === undefined ? {} : { color: colour }
  return (
    <Text key={index} bold={isBold} dimColor={isDim} inverse={part.isInverse === true} {...foreground} {...background}>
      {part.text}
    </Text>
  )
}
