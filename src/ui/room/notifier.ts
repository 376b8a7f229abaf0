import {
  beginWatch,
  COALESCE_MS,
  callText,
  type NeedWatch,
  type NotifyMoment,
  noticeNeeds,
  settleNeeds,
} from '../../core/notify.ts'
import type { NotificationSettings } from '../../core/room-settings.ts'
import type { RoomStore } from '../store/room-store.ts'
import { shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { desktopWay } from '../terminal/notification.ts'
import type { RoomTerminal } from '../terminal/room-terminal.ts'
import type { Clock } from './clock.ts'

export interface NotifierOptions {
  readonly store: RoomStore
  readonly clock: Clock
  readonly terminal: Pick<RoomTerminal, 'notify' | 'title'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly settings: NotificationSettings
}

/** Tells the operator who looks elsewhere that a session needs them: bell, desktop notification, title of the window. */
export interface Notifier {
  /** These settings hold from now on. */
  apply(settings: NotificationSettings): void
  dispose(): void
}

/** Creates the notifier of a room. What is asked when the first facts arrive is on the screen and announced by nothing. */
export function createNotifier(options: NotifierOptions): Notifier {
  return new RoomNotifier(options)
}

class RoomNotifier implements Notifier {
  readonly #options: NotifierOptions
  readonly #unsubscribe: () => void
  #settings: NotificationSettings
  #watch: NeedWatch | undefined
  #cancel: (() => void) | undefined
  #title: string | undefined

  constructor(options: NotifierOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#unsubscribe = options.store.subscribe((state, before) => this.#changed(state, before))
    this.#showTitle(options.store.get())
  }

  apply(settings: NotificationSettings): void {
    this.#settings = settings
    this.#showTitle(this.#options.store.get())
  }

  dispose(): void {
    this.#unsubscribe()
    this.#cancel?.()
  }

  #changed(state: RoomState, before: RoomState): void {
    if (state.fleet !== before.fleet) this.#look(state)
    this.#showTitle(state)
  }

  #look(state: RoomState): void {
    this.#watch = this.#watch === undefined ? beginWatch(state.fleet) : noticeNeeds(this.#watch, momentOf(state))
    if (this.#watch.waiting.length > 0)
      this.#cancel ??= this.#options.clock.schedule(() => this.#announce(), COALESCE_MS)
  }

  #announce(): void {
    this.#cancel = undefined
    if (this.#watch === undefined) return
    const { store, clock, terminal, env } = this.#options
    const date = new Date(clock.now())
    const settled = settleNeeds(this.#watch, momentOf(store.get()), {
      rule: this.#settings,
      minute: date.getHours() * 60 + date.getMinutes(),
    })
    this.#watch = settled.watch
    if (settled.calls.length === 0) return
    const { bell, desktop } = this.#settings
    terminal.notify({ bell, desktop: desktopWay(desktop, env), text: callText(settled.calls) })
  }

  #showTitle(state: RoomState): void {
    const title = this.#settings.title ? titleOf(shownIn(state).needy.length) : undefined
    if (title === this.#title) return
    this.#title = title
    this.#options.terminal.title(title)
  }
}

function momentOf({ fleet, focusedId }: RoomState): NotifyMoment {
  return { fleet, isFocused: (id) => id === focusedId }
}

function titleOf(needs: number): string {
  return needs === 0 ? 'signalbox' : `signalbox: ${needs} need you`
}
