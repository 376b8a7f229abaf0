import type { SessionId } from '../../core/ids.ts'
import type { Size } from '../../core/session.ts'
import type { PaneView, Viewer } from '../../core/viewer.ts'
import type { Compositor, PaneCursor } from '../panes/compositor.ts'
import type { RoomState } from '../store/state.ts'
import type { PaneScene, Scene } from '../views/scene.ts'
import { paneSource } from './pane-source.ts'

export interface PanesOptions {
  readonly viewer: Viewer
  readonly compositor: Compositor
  /** A session could not be opened in its pane. */
  onError(error: unknown): void
}

/** Brings the pictures of the visible panes from the viewer to the compositor. */
export interface Panes {
  /** These panes are visible from now on. */
  show(scene: Scene, state: RoomState): void
  /** Paints the sessions that changed; returns whether one of them is visible. */
  paint(ids: Iterable<SessionId>): boolean
  /** The visible pane of a session. */
  pane(id: SessionId): PaneScene | undefined
  dispose(): void
}

/** Creates the controller of the panes. */
export function createPanes({ viewer, compositor, onError }: PanesOptions): Panes {
  let shown: readonly PaneScene[] = []
  let views: readonly PaneView[] = []
  let opened: { readonly id: SessionId; readonly size: Size } | undefined
  let focusedId: SessionId | undefined

  function paintOne(pane: PaneScene): void {
    const picture = viewer.picture(pane.id)
    if (picture === undefined) {
      compositor.removePane(pane.index)
      return
    }
    const isOpening = picture.surface === 'opening'
    compositor.setPane(pane.index, { ...paneSource(picture, pane.rect), dim: isOpening })
    if (pane.id === focusedId) compositor.cursor(cursorOf(pane))
  }

  function cursorOf(pane: PaneScene): PaneCursor | undefined {
    const cursor = viewer.picture(pane.id)?.cursor
    return cursor === undefined ? undefined : { pane: pane.index, x: cursor.x, y: cursor.y, visible: cursor.visible }
  }

  function open(next: typeof opened): void {
    if (opened !== undefined && opened.id !== next?.id) viewer.blur(opened.id)
    const isSame =
      next?.id === opened?.id && next?.size.cols === opened?.size.cols && next?.size.rows === opened?.size.rows
    opened = next
    if (next !== undefined && !isSame) viewer.focus(next.id, next.size).catch(onError)
  }

  return {
    show(scene, state) {
      const gone = shown.filter((pane) => !scene.panes.some((each) => each.id === pane.id))
      for (const pane of gone) compositor.removePane(pane.index)
      shown = scene.panes
      focusedId = state.focusedId
      if (focusedId === undefined) compositor.cursor(undefined)
      compositor.holdLayout(scene.isCovered)
      const next = shown.map((pane) => viewOf(pane, state))
      if (!isSameViews(views, next)) viewer.setPanes(next)
      views = next
      open(openedPane(shown, state))
      for (const pane of shown) paintOne(pane)
    },
    paint(ids) {
      const changed = new Set(ids)
      const panes = shown.filter((pane) => changed.has(pane.id))
      for (const pane of panes) paintOne(pane)
      return panes.length > 0
    },
    pane: (id) => shown.find((pane) => pane.id === id),
    dispose() {
      open(undefined)
      viewer.setPanes([])
    },
  }
}

function viewOf({ id, rect }: PaneScene, state: RoomState): PaneView {
  const isSelected = id === state.selectedId
  return {
    id,
    size: { cols: rect.cols, rows: rect.rows },
    ...(isSelected && state.scrollTop !== undefined ? { scrollTop: state.scrollTop } : {}),
    isFocused: id === state.focusedId,
  }
}

/** The pane that gives its session a size: the focused one, or the one that is zoomed. */
function openedPane(
  panes: readonly PaneScene[],
  state: RoomState,
): { readonly id: SessionId; readonly size: Size } | undefined {
  const id = state.focusedId ?? (state.view === 'zoom' ? state.selectedId : undefined)
  const pane = panes.find((each) => each.id === id)
  return pane === undefined ? undefined : { id: pane.id, size: { cols: pane.rect.cols, rows: pane.rect.rows } }
}

function isSameViews(one: readonly PaneView[], other: readonly PaneView[]): boolean {
  return (
    one.length === other.length &&
    one.every((view, index) => {
      const twin = other[index]
      return (
        twin !== undefined &&
        view.id === twin.id &&
        view.size.cols === twin.size.cols &&
        view.size.rows === twin.size.rows &&
        view.scrollTop === twin.scrollTop &&
        view.isFocused === twin.isFocused
      )
    })
  )
}
