import type { ScreenModes } from '../../core/grid.ts'

/** What the room itself wants of the operator's terminal. */
export interface RoomModes {
  /** Reports clicks, drags and the wheel to the room. */
  readonly mouse: boolean
}

/**
 * The modes of the operator's terminal, all set and undone here. Every method returns the bytes to write, as text, and
 * remembers what they set, so that `restore` undoes exactly that, once.
 */
export interface TerminalModes {
  /**
   * Takes over the terminal: other screen, no cursor, no wrapping, reports on, and nothing of what a room that was killed
   * may have left on. Empty when it is taken over already.
   */
  enter(): string
  /** Gives the terminal back as it was. Empty when there is nothing to undo. */
  restore(): string
  /** Sets what the focused agent has set, and undoes what it no longer has. */
  mirror(modes: ScreenModes): string
  /** Undoes what `mirror` set. */
  unmirror(): string
  /** Sets the window's title, or (undefined) gives back the one before. Control characters are taken out. */
  title(text: string | undefined): string
}

const SCREEN_ON = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const SCREEN_OFF = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const REPORTS_ON = '\x1b[?2004h\x1b[?1004h'
const REPORTS_OFF = '\x1b[?1004l\x1b[?2004l'
const TITLE_PUSH = '\x1b[22;0t'
const TITLE_POP = '\x1b[23;0t'

/**
 * Before anything else: ends a sequence that was cut in the middle, a frame that was, and all colours.
 * CAN is ignored where nothing was cut.
 */
const END_OF_FRAME = '\x18\x1b[?2026l\x1b[0m'

const MOUSE_OFF = '\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?9l\x1b[?1006l'
/** What focus mirrors, switched off: a room that was killed could not do it, and nobody else knows. */
const PLAIN_KEYS = `\x1b[?1l\x1b>${MOUSE_OFF}`

/**
 * No scroll region, and no keyboard flags on this screen. Only on the other screen: setting the region moves the cursor, and
 * the flags of the main screen are the operator's own. They are set and not popped, as there may be none.
 */
const PLAIN_SCREEN = '\x1b[r\x1b[=0;1u'

const MOUSE_MODES = { none: undefined, x10: 9, vt200: 1000, drag: 1002, any: 1003 } as const
const MAX_TITLE = 200

/** Creates the modes of a terminal that nothing was set on. */
export function createTerminalModes(room: RoomModes): TerminalModes {
  return new TrackedModes(room)
}

class TrackedModes implements TerminalModes {
  readonly #roomMouse: number | undefined
  #isEntered = false
  #mouse: number | undefined
  #kitty: number | undefined
  #applicationCursor = false
  #applicationKeypad = false
  #title: string | undefined

  constructor(room: RoomModes) {
    this.#roomMouse = room.mouse ? MOUSE_MODES.drag : undefined
  }

  enter(): string {
    if (this.#isEntered) return ''
    this.#isEntered = true
    const plain = `${END_OF_FRAME}${PLAIN_KEYS}`
    const screen = `${TITLE_PUSH}${titleSequence(this.#title)}${SCREEN_ON}${PLAIN_SCREEN}`
    return `${plain}${screen}${REPORTS_ON}${this.#setMouse(this.#roomMouse)}`
  }

  restore(): string {
    if (!this.#isEntered) return ''
    const mirrored = this.unmirror()
    const mouse = this.#setMouse(undefined)
    this.#isEntered = false
    return `${END_OF_FRAME}${mirrored}${mouse}${REPORTS_OFF}${SCREEN_OFF}${TITLE_POP}`
  }

  mirror(modes: ScreenModes): string {
    if (!this.#isEntered) return ''
    return [
      this.#setCursorKeys(modes.applicationCursor),
      this.#setKeypad(modes.applicationKeypad),
      this.#setMouse(strongerMouse(MOUSE_MODES[modes.mouse], this.#roomMouse)),
      this.#setKitty(modes.kittyKeyboard > 0 ? modes.kittyKeyboard : undefined),
    ].join('')
  }

  unmirror(): string {
    if (!this.#isEntered) return ''
    const keys = this.#setKitty(undefined) + this.#setCursorKeys(false) + this.#setKeypad(false)
    return keys + this.#setMouse(this.#roomMouse)
  }

  title(text: string | undefined): string {
    const isGivenBack = text === undefined && this.#title !== undefined
    this.#title = text
    if (!this.#isEntered) return ''
    return isGivenBack ? `${TITLE_POP}${TITLE_PUSH}` : titleSequence(text)
  }

  #setCursorKeys(on: boolean): string {
    if (on === this.#applicationCursor) return ''
    this.#applicationCursor = on
    return on ? '\x1b[?1h' : '\x1b[?1l'
  }

  #setKeypad(on: boolean): string {
    if (on === this.#applicationKeypad) return ''
    this.#applicationKeypad = on
    return on ? '\x1b=' : '\x1b>'
  }

  /** The tracking modes replace each other, so the old one is switched off before the new one is set. */
  #setMouse(mode: number | undefined): string {
    if (mode === this.#mouse) return ''
    const off = this.#mouse === undefined ? '' : MOUSE_OFF
    this.#mouse = mode
    return mode === undefined ? off : `${off}\x1b[?${mode}h\x1b[?1006h`
  }

  /** The flags are pushed once and then changed in place, so that one pop brings the operator's own back. */
  #setKitty(flags: number | undefined): string {
    if (flags === this.#kitty) return ''
    const before = this.#kitty
    this.#kitty = flags
    if (flags === undefined) return '\x1b[<1u'
    return before === undefined ? `\x1b[>${flags}u` : `\x1b[=${flags};1u`
  }
}

function titleSequence(text: string | undefined): string {
  if (text === undefined) return ''
  return `\x1b]2;${text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').slice(0, MAX_TITLE)}\x07`
}

/** The room keeps its clicks and wheel when the agent wants less; the router drops what the agent did not ask for. */
function strongerMouse(agent: number | undefined, room: number | undefined): number | undefined {
  if (agent === undefined || room === undefined) return agent ?? room
  return Math.max(agent, room)
}
