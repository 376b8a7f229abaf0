import { Box } from 'ink'
import { memo, type ReactElement } from 'react'
import { paneColour } from '../panes/key-colour.ts'
import type { PaneScene } from '../views/scene.ts'

/** The inside of a pane: a box in the pane's key colour, which the compositor fills with the session's screen. */
export const PaneBox = memo(function PaneBox({ pane }: { readonly pane: PaneScene }): ReactElement {
  const { rect, index } = pane
  return (
    <Box position="absolute" marginLeft={rect.x} marginTop={rect.y} width={rect.cols} height={rect.rows}>
      <Box backgroundColor={paneColour(index)} flexGrow={1} />
    </Box>
  )
})
