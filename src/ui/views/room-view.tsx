import { Box } from 'ink'
import type { ReactElement } from 'react'
import type { Theme } from '../theme/theme.ts'
import { BlockBox } from '../widgets/block-box.tsx'
import { PaneBox } from '../widgets/pane-box.tsx'
import type { Scene } from './scene.ts'

/** Draws a scene. Panes come first, so that overlays lie over them. */
export function RoomView({ scene, theme }: { readonly scene: Scene; readonly theme: Theme }): ReactElement {
  return (
    <Box width={scene.size.cols} height={scene.size.rows}>
      {scene.panes.map((pane) => (
        <PaneBox key={pane.id} pane={pane} />
      ))}
      {scene.blocks.map((block) => (
        <BlockBox key={block.key} block={block} theme={theme} />
      ))}
    </Box>
  )
}
