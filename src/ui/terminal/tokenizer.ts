import { PasteReader } from './paste-reader.ts'

/**
 * One unit of what a terminal sends. `bytes` are exactly the bytes it came as, in order and without a gap between tokens
 * (a reply longer than `MAX_REPLY` aside), so that a reader can forward a token untouched.
 */
export type Token =
  | { readonly kind: 'byte'; readonly bytes: Uint8Array }
  | { readonly kind: 'character'; readonly bytes: Uint8Array }
  | { readonly kind: 'escape'; readonly bytes: Uint8Array }
  | { readonly kind: 'alt'; readonly bytes: Uint8Array }
  | { readonly kind: 'csi'; readonly bytes: Uint8Array; readonly parameters: string; readonly final: string }
  | { readonly kind: 'ss3'; readonly bytes: Uint8Array; readonly parameters: string; readonly final: string }
  | { readonly kind: 'x10-mouse'; readonly bytes: Uint8Array }
  | { readonly kind: 'string-reply'; readonly bytes: Uint8Array }
  | { readonly kind: 'garbage'; readonly bytes: Uint8Array }
  | { readonly kind: 'paste-start'; readonly bytes: Uint8Array }
  | { readonly kind: 'paste-part'; readonly bytes: Uint8Array }
  | { readonly kind: 'paste-end'; readonly bytes: Uint8Array }

type State = 'ground' | 'escape' | 'csi' | 'ss3' | 'string' | 'string-escape' | 'x10' | 'linux-key' | 'utf8' | 'paste'

const ESCAPE = 0x1b
const BELL = 0x07
const BACKSLASH = 0x5c
const MAX_SEQUENCE = 256
const MAX_REPLY = 1 << 16

/** First bytes of the replies that terminals send; after anything else `Alt+]`, `Alt+P` or `Alt+_` was typed. */
const REPLY_STARTS: Readonly<Record<number, RegExp>> = { 93: /[0-9]/, 80: /[0-9!>+$|]/, 95: /G/ }

/** Cuts a terminal's input into tokens, whatever the chunks. Never throws. */
export class InputTokenizer {
  readonly #emit: (token: Token) => void
  readonly #paste: PasteReader
  #state: State = 'ground'
  #pending: number[] = []
  /** Bytes that the character or X10 report in progress still needs. */
  #missing = 0

  constructor(emit: (token: Token) => void) {
    this.#emit = emit
    this.#paste = new PasteReader((bytes) => emit({ kind: 'paste-part', bytes }))
  }

  /**
   * Whether something incomplete is held: `short` is what a key alone may have sent (Escape, Alt+[), `long` a sequence
   * that is only waiting for its end. Inside a paste nothing waits: it ends when the terminal says so.
   */
  get waiting(): 'none' | 'short' | 'long' {
    if (this.#state === 'ground' || this.#state === 'paste') return 'none'
    return this.#pending.length <= 2 && this.#state !== 'utf8' ? 'short' : 'long'
  }

  /** Reads a chunk. */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'paste') at = this.#readPaste(chunk, at)
      else this.#read(chunk[at++] as number)
    }
  }

  /** Nothing more came in time: what is held is complete as it stands. */
  settle(): void {
    if (this.waiting !== 'none') this.#abort()
  }

  /** Gives back the bytes that are held and forgets everything, so that another reader can take over. */
  release(): Uint8Array {
    if (this.#state === 'string-escape') this.#pending.push(ESCAPE)
    const held = this.#state === 'paste' ? this.#paste.release() : Uint8Array.from(this.#pending)
    this.#state = 'ground'
    this.#pending = []
    return held
  }

  #read(byte: number): void {
    if (this.#state === 'escape') this.#readEscape(byte)
    else if (this.#state === 'csi') this.#readCsi(byte)
    else if (this.#state === 'ss3') this.#readSs3(byte)
    else if (this.#state === 'string') this.#readString(byte)
    else if (this.#state === 'string-escape') this.#readStringEnd(byte)
    else if (this.#state === 'utf8') this.#readContinuation(byte)
    else if (this.#state === 'x10') this.#readReport(byte)
    else if (this.#state === 'linux-key') this.#readLinuxKey(byte)
    else this.#readGround(byte)
  }

  #readLinuxKey(byte: number): void {
    if (byte < 0x40 || byte > 0x7e) {
      this.#abandon(byte)
      return
    }
    this.#pending.push(byte)
    this.#finish('csi')
  }

  #readGround(byte: number): void {
    if (byte === ESCAPE) {
      this.#start('escape', byte)
      return
    }
    this.#pending = [byte]
    if (byte < 0x80) {
      this.#finish('byte')
      return
    }
    this.#missing = continuationBytes(byte)
    if (this.#missing === 0) {
      this.#finish('character')
      return
    }
    this.#state = 'utf8'
  }

  #readContinuation(byte: number): void {
    if ((byte & 0xc0) !== 0x80) {
      this.#abort()
      this.#readGround(byte)
      return
    }
    this.#pending.push(byte)
    this.#missing--
    if (this.#missing === 0) this.#finish(this.#pending[0] === ESCAPE ? 'alt' : 'character')
  }

  #readEscape(byte: number): void {
    if (byte === ESCAPE) {
      this.#finish('escape')
      this.#start('escape', byte)
      return
    }
    if (byte >= 0x80 && continuationBytes(byte) === 0) {
      this.#finish('escape')
      this.#readGround(byte)
      return
    }
    this.#pending.push(byte)
    if (byte >= 0x80) {
      this.#missing = continuationBytes(byte)
      this.#state = 'utf8'
      return
    }
    if (byte === 0x5b) this.#state = 'csi'
    else if (byte === 0x4f) this.#state = 'ss3'
    else if (byte in REPLY_STARTS) this.#state = 'string'
    else this.#finish('alt')
  }

  #readCsi(byte: number): void {
    if (byte < 0x20 || byte > 0x7e || this.#pending.length >= MAX_SEQUENCE) {
      this.#abandon(byte)
      return
    }
    this.#pending.push(byte)
    if (byte < 0x40) return
    const isFirst = this.#pending.length === 3
    if (isFirst && byte === 0x5b) {
      this.#state = 'linux-key'
      return
    }
    if (isFirst && byte === 0x4d) {
      this.#state = 'x10'
      this.#missing = 3
      return
    }
    this.#finish('csi')
  }

  #readSs3(byte: number): void {
    if (byte < 0x30 || byte > 0x7e || this.#pending.length >= MAX_SEQUENCE) {
      this.#abandon(byte)
      return
    }
    this.#pending.push(byte)
    if (byte >= 0x40) this.#finish('ss3')
  }

  #readReport(byte: number): void {
    this.#pending.push(byte)
    this.#missing--
    if (this.#missing === 0) this.#finish('x10-mouse')
  }

  #readString(byte: number): void {
    if (byte === ESCAPE) {
      if (this.#pending.length === 2) {
        this.#abandon(byte)
        return
      }
      this.#state = 'string-escape'
      return
    }
    if (byte === BELL && this.#pending.length > 2) {
      this.#pending.push(byte)
      this.#finish('string-reply')
      return
    }
    // No reply holds control characters: whatever this was, it is over, and a typed Ctrl+C must not be lost in it.
    if (byte < 0x20) {
      this.#abandon(byte)
      return
    }
    if (this.#pending.length === 2 && REPLY_STARTS[this.#pending[1] ?? 0]?.test(String.fromCharCode(byte)) !== true) {
      this.#abandon(byte)
      return
    }
    if (this.#pending.length < MAX_REPLY) this.#pending.push(byte)
  }

  #readStringEnd(byte: number): void {
    if (byte === BACKSLASH) {
      this.#pending.push(ESCAPE, byte)
      this.#finish('string-reply')
      return
    }
    this.#finish('string-reply')
    this.#start('escape', ESCAPE)
    this.#readEscape(byte)
  }

  #readPaste(chunk: Uint8Array, from: number): number {
    const { next, isEnded } = this.#paste.read(chunk, from)
    if (isEnded) {
      this.#state = 'ground'
      this.#emit({ kind: 'paste-end', bytes: this.#paste.endMarker })
    }
    return next
  }

  #start(state: State, byte: number): void {
    this.#pending = [byte]
    this.#state = state
  }

  /** The sequence is broken off by a byte that cannot belong to it, which is read anew. */
  #abandon(byte: number): void {
    this.#abort()
    this.#readGround(byte)
  }

  #abort(): void {
    if (this.#state === 'utf8') {
      this.#finish(this.#pending[0] === ESCAPE ? 'garbage' : 'character')
      return
    }
    if (this.#state === 'string-escape') {
      this.#finish('string-reply')
      this.#start('escape', ESCAPE)
      return
    }
    if (this.#pending.length === 1) {
      this.#finish('escape')
      return
    }
    if (this.#pending.length === 2) {
      this.#finish('alt')
      return
    }
    this.#finish(this.#state === 'string' ? 'string-reply' : 'garbage')
  }

  #finish(kind: Token['kind']): void {
    const bytes = Uint8Array.from(this.#pending)
    this.#pending = []
    this.#state = 'ground'
    if (kind !== 'csi' && kind !== 'ss3') {
      this.#emit({ kind, bytes })
      return
    }
    const body = String.fromCharCode(...bytes.subarray(2))
    const token = { bytes, parameters: body.slice(0, -1), final: body.slice(-1) }
    if (kind === 'csi' && body === '200~') {
      this.#state = 'paste'
      this.#emit({ kind: 'paste-start', bytes })
      return
    }
    this.#emit(kind === 'csi' && body === '201~' ? { kind: 'paste-end', bytes } : { kind, ...token })
  }
}

/** Bytes that follow the first byte of a UTF-8 character; 0 when it cannot be one. */
function continuationBytes(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 0
  return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
}
