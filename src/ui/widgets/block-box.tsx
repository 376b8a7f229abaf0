import { Box } from 'ink'
import { memo, type ReactElement } from 'react'
import type { Theme } from '../theme/theme.ts'
import type { Block } from '../views/scene.ts'
import { LineText } from './line-text.tsx'

interface BlockProps {
  readonly block: Block
  readonly theme: Theme
}

/** Lines at their place of the screen; drawn again only when they change. */
export const BlockBox = memo(function BlockBox({ block, theme }: BlockProps): ReactElement {
  const { rect, lines, background } = block
  const fill = background === undefined ? {} : { backgroundColor: background }
  return (
    <Box
      position="absolute"
      marginLeft={rect.x}
      marginTop={rect.y}
      width={rect.cols}
      height={rect.rows}
      flexDirection="column"
      {...fill}
    >
      {[...lines.keys()].map((row) => (
        <Box key={row} height={1} width={rect.cols}>
          <LineText line={lines[row] ?? []} theme={theme} />
        </Box>
      ))}
    </Box>
  )
})
