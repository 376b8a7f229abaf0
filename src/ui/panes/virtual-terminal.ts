import { type ChromeScreen, createChromeScreen } from './chrome-screen.ts'

type Listener = (...values: readonly unknown[]) => void

/**
 * What Ink takes for the operator's terminal: it writes frames here, they become cells of a `ChromeScreen`, and nothing of
 * it reaches a real terminal. Give it to Ink's `render` as `stdout` through `asWriteStream`.
 */
export interface VirtualTerminal {
  readonly screen: ChromeScreen
  readonly isTTY: true
  readonly columns: number
  readonly rows: number
  /** Draws at once; calls `done` afterwards, never before it returns. */
  write(text: string | Uint8Array, encodingOrDone?: string | (() => void), done?: () => void): boolean
  /** Changes the size and tells Ink. */
  resize(columns: number, rows: number): void
  on(event: string, listener: Listener): VirtualTerminal
  off(event: string, listener: Listener): VirtualTerminal
  /** Called after each write that drew something. */
  onDrawn(listener: () => void): () => void
  dispose(): void
}

/** Creates a virtual terminal of the given size in cells. */
export function createVirtualTerminal(columns: number, rows: number): VirtualTerminal {
  return new ScreenTerminal(columns, rows)
}

/** The same object under the type that Ink asks for. It has every member that Ink uses of a tty stream. */
export function asWriteStream(terminal: VirtualTerminal): NodeJS.WriteStream {
  return terminal as unknown as NodeJS.WriteStream
}

class ScreenTerminal implements VirtualTerminal {
  readonly screen: ChromeScreen
  readonly isTTY = true
  readonly writable = true
  readonly writableEnded = false
  readonly writableLength = 0
  readonly destroyed = false
  readonly #decoder = new TextDecoder()
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor(columns: number, rows: number) {
    this.screen = createChromeScreen(columns, rows)
  }

  get columns(): number {
    return this.screen.cols
  }

  get rows(): number {
    return this.screen.rows
  }

  write(text: string | Uint8Array, encodingOrDone?: string | (() => void), done?: () => void): boolean {
    const drawn = typeof text === 'string' ? text : this.#decoder.decode(text, { stream: true })
    if (drawn !== '') {
      // A real terminal's driver turns a line feed into carriage return + line feed; here nobody else does.
      this.screen.write(drawn.replaceAll(/\r?\n/g, '\r\n'))
      this.#emit('drawn')
    }
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done
    if (callback !== undefined) queueMicrotask(callback)
    return true
  }

  /** Ink looks for a stream's end and cork; the screen has neither. */
  end(): void {
    this.#emit('finish')
  }

  getColorDepth(): number {
    return 24
  }

  hasColors(): boolean {
    return true
  }

  getWindowSize(): [number, number] {
    return [this.columns, this.rows]
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows)
    this.#emit('resize')
  }

  on(event: string, listener: Listener): this {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
    return this
  }

  off(event: string, listener: Listener): this {
    this.#listeners.get(event)?.delete(listener)
    return this
  }

  addListener(event: string, listener: Listener): this {
    return this.on(event, listener)
  }

  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener)
  }

  once(event: string, listener: Listener): this {
    const once: Listener = (...values) => {
      this.off(event, once)
      listener(...values)
    }
    return this.on(event, once)
  }

  listenerCount(event: string): number {
    return this.#listeners.get(event)?.size ?? 0
  }

  onDrawn(listener: () => void): () => void {
    this.on('drawn', listener)
    return () => {
      this.off('drawn', listener)
    }
  }

  dispose(): void {
    this.#listeners.clear()
    this.screen.dispose()
  }

  #emit(event: string): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener()
  }
}
