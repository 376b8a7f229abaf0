import type { Cursor, Grid, ScreenModes } from './grid.ts'
import type { SessionId } from './ids.ts'
import type { Dispose } from './scope.ts'
import type { Size } from './session.ts'

/** A pane that a viewer wants pictures of. */
export interface PaneView {
  readonly id: SessionId
  /** The pane's own size: screens that the host draws itself (transcripts) are drawn for it; a PTY is never resized by it. */
  readonly size: Size
  /** The line at the top, counted from the first that the session ever showed, so that it stays where it is; absent = live. */
  readonly scrollTop?: number
  /** The pane that is typed into: its frames go first and at once. */
  readonly isFocused: boolean
}

/** The latest picture of one session, kept up to date in place. */
export interface Picture {
  readonly grid: Grid
  readonly cursor: Cursor
  readonly modes: ScreenModes
  /** How far this picture is scrolled up, and how many lines there are above the live screen. */
  readonly scrollOffset: number
  readonly scrollLength: number
  /** The line at the top of the live screen, counted from the first that the session ever showed. */
  readonly liveTop: number
  /** Goes up with every change. */
  readonly revision: number
  /** `opening` while the agent's own screen is being started for focus; what is typed is held until it is there. */
  readonly surface: 'live' | 'transcript' | 'opening'
}

/**
 * Looks into sessions and types into them. Pictures are latest-wins and bounded by what the viewer can draw; a viewer never
 * slows an agent.
 */
export interface Viewer {
  /** Replaces the set of panes this viewer sees. */
  setPanes(panes: readonly PaneView[]): void
  picture(id: SessionId): Picture | undefined
  /** Called after pictures changed, with the sessions that did. The next pictures come after `drawn()`. */
  onPictures(listener: (ids: ReadonlySet<SessionId>) => void): Dispose
  /** Tells the host that the last pictures are on the screen. */
  drawn(): void
  /** Sends bytes to the agent as typed. */
  type(id: SessionId, bytes: Uint8Array): void
  /** Gives the session the size of the pane it is focused or zoomed in, and opens its own screen if it has one. */
  focus(id: SessionId, size: Size): Promise<void>
  /** Leaves focus. */
  blur(id: SessionId): void
}
