import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import type { Agent, AgentPort, Backend, OpenRequest, ProcessPlan, Terminal } from '../backends/backend.ts'
import { type Draft, draftAfter } from '../core/draft.ts'
import { createEmitter } from '../core/emitter.ts'
import { fail } from '../core/errors.ts'
import { UNSENT } from '../core/hold.ts'
import type { SessionId } from '../core/ids.ts'
import type { RawDraft } from '../core/raw-signal.ts'
import { createScope, type Dispose, type Scope } from '../core/scope.ts'
import type { Exit, Size } from '../core/session.ts'
import type { Signal } from '../core/signals.ts'
import type { Picture } from '../core/viewer.ts'
import { type CanvasScreen, createCanvas, NO_CANVAS } from './canvas.ts'
import { type ExitText, exitText } from './exit-text.ts'
import type { HookServer } from './hook-server.ts'
import type { Log } from './log.ts'
import { OwnScreen } from './own-screen.ts'
import { type SessionTerminal, startTerminal } from './session-terminal.ts'
import type { Screen } from './terminal/screen.ts'

/** How long an agent may take to end by itself. */
const GRACE_MS = 5_000

export interface LiveSessionOptions {
  readonly backend: Backend
  readonly request: OpenRequest
  readonly version: string
  readonly hooks: HookServer
  readonly log: Log
  readonly onSignal: (signal: Signal) => void
  /** Something was heard; what is concluded from it follows. */
  readonly onTrace: (raw: RawDraft) => void
  /** Its output changed. */
  readonly onOutput: () => void
  /** The process of the session (or, without one, its agent) is gone. */
  readonly onExit: (exit: Exit, text: ExitText) => void
  readonly onScreen: () => void
  /** The operator's draft began or ended: messages may have to wait, or may go on. */
  readonly onDraft: () => void
  /** Whether a need is shown now: what is typed then answers it and is no draft. */
  readonly isAsking: () => boolean
}

/** One agent that runs: its process, screens, scope and what the operator has typed into it. */
export class LiveSession {
  readonly id: SessionId
  readonly backend: Backend
  readonly #options: LiveSessionOptions
  readonly #scope: Scope = createScope()
  readonly #canvas: CanvasScreen | undefined
  #process: SessionTerminal | undefined
  #ownScreen: OwnScreen | undefined
  #agent: Agent | undefined
  #size: Size
  #draft: Draft = 'none'
  #hasExited = false
  #wasAsked = false
  #exitText = 'it did not end by itself'
  #endReason: string | undefined
  readonly #gone = createEmitter<void>()
  /** Settles when the process is gone. */
  readonly whenExited: Promise<void>

  constructor(options: LiveSessionOptions) {
    this.id = options.request.id
    this.backend = options.backend
    this.#options = options
    this.#size = options.request.size
    this.whenExited = new Promise((resolve) => {
      this.onGone(resolve)
    })
    if (options.backend.capabilities.surface === 'transcript') {
      this.#canvas = createCanvas(options.request.size)
      this.#watch(this.#canvas.screen, options.onOutput)
    }
  }

  /** Opens the agent. On rejection nothing is left behind. */
  async open(): Promise<void> {
    const { backend, request } = this.#options
    mkdirSync(request.directory, { recursive: true, mode: 0o700 })
    chmodSync(request.directory, 0o700)
    try {
      this.#agent = await backend.open(request, this.#port())
      // Ended while it was being opened: nobody else would ever close it.
      if (this.#hasExited) await this.#closeAgent()
    } catch (error) {
      await this.terminate(true)
      throw error
    }
  }

  get agent(): Agent {
    return this.#agent ?? fail('session.not-live', { name: this.#options.request.agentName, state: 'starting' })
  }

  /** Whether its agent can be spoken to. */
  get isOpen(): boolean {
    return this.#agent !== undefined && !this.#hasExited
  }

  /** Notes what the operator does to it, before it shows. */
  note(raw: RawDraft): void {
    this.#options.onTrace(raw)
  }

  get pid(): number | undefined {
    return this.#process?.terminal.pid
  }

  get hasDraft(): boolean {
    return this.#draft !== 'none'
  }

  get screen(): Screen | undefined {
    if (this.#ownScreen?.isShown === true) return this.#ownScreen.screen
    return this.#canvas?.screen ?? this.#process?.screen
  }

  get surface(): Picture['surface'] {
    if (this.#canvas === undefined || this.#ownScreen?.isShown === true) return 'live'
    return this.#ownScreen?.isOpening === true ? 'opening' : 'transcript'
  }

  /** Whether it was us who ended it. */
  get wasAsked(): boolean {
    return this.#wasAsked
  }

  /** How it ended, in words. */
  get exitText(): string {
    return this.#exitText
  }

  type(bytes: Uint8Array): void {
    // A dialog takes the keys; what was in the prompt before it came is still there after it.
    if (!this.#options.isAsking()) this.#setDraft(draftAfter(this.#draft, bytes))
    if (this.#canvas === undefined) this.#process?.terminal.write(bytes)
    else this.#ownScreen?.type(bytes)
  }

  /** The session is typed into, or zoomed, in a pane of this size. */
  focus(size: Size): void {
    if (this.#canvas === undefined) {
      this.#resizeProcess(size)
      return
    }
    const own = this.#agent?.ownScreen
    if (own === undefined) return
    if (this.#ownScreen?.hasEnded === true) this.coolDown()
    this.#ownScreen ??= new OwnScreen({
      own,
      size,
      version: this.#options.version,
      mark: this.id,
      onChange: this.#options.onScreen,
      onScreen: (screen) => this.#watch(screen),
      log: this.#options.log,
      mayFlush: () => !this.#options.isAsking(),
    })
    this.#ownScreen.show(size)
  }

  /** Back to the transcript; the own screen stays warm until `coolDown`. */
  blur(): void {
    this.#ownScreen?.hide()
  }

  /** Ends the own screen to save its memory; the next focus starts it again. */
  coolDown(): void {
    this.#ownScreen?.close()
    this.#ownScreen = undefined
  }

  get isWarm(): boolean {
    return this.#ownScreen !== undefined
  }

  /** The pane that looks at a transcript has this size. */
  paneSize(size: Size): void {
    this.#canvas?.resize(size)
  }

  /** Ends the agent and everything it started, for a reason; resolves when it is gone. Screens stay readable. */
  async terminate(isForced: boolean, why?: string): Promise<void> {
    this.#wasAsked = true
    this.#endReason ??= why
    this.coolDown()
    if (!this.#hasExited) {
      if (!isForced) await this.#closeAgent()
      if (this.#process === undefined) this.#exit({ code: 0, signal: undefined })
      else await this.#process.terminate(isForced ? 0 : GRACE_MS)
    }
    this.#release()
  }

  /** Calls back once when the agent is gone; at once when it is gone already. */
  onGone(listener: () => void): Dispose {
    if (!this.#hasExited) return this.#gone.on(listener)
    listener()
    return () => undefined
  }

  /** Releases the screens and the session's directory. Call after `terminate`. */
  dispose(): void {
    this.#canvas?.dispose()
    this.#process?.dispose()
    rmSync(this.#options.request.directory, { recursive: true, force: true })
  }

  async #closeAgent(): Promise<void> {
    try {
      await this.#agent?.close()
    } catch (error) {
      this.#options.log('agent.close-failed', { session: this.id, detail: String(error) })
    }
  }

  #port(): AgentPort {
    const { hooks, log, onSignal, onTrace } = this.#options
    return {
      scope: this.#scope,
      emit: (signal) => (signal.type === 'exited' ? this.#exit(signal.exit) : onSignal(signal)),
      trace: onTrace,
      startProcess: async (plan) => this.#start(plan),
      canvas: this.#canvas?.canvas ?? NO_CANVAS,
      openHooks: async (handler) => {
        const { channel, close } = hooks.open(handler)
        this.#scope.add(close)
        return channel
      },
      whyNotType: () => this.#whyNotType(),
      log: (line, data) => log(line, { session: this.id, ...data }),
    }
  }

  #whyNotType(): string | undefined {
    if (this.#hasExited) return 'the session has ended'
    if (this.#options.isAsking()) return 'the session waits for an answer'
    return this.hasDraft ? UNSENT : undefined
  }

  #start(plan: ProcessPlan): Terminal {
    if (this.#hasExited) fail('session.not-live', { name: this.#options.request.agentName, state: 'stopped' })
    const { log, version } = this.#options
    this.#process = startTerminal({
      plan,
      size: this.#size,
      version,
      onExit: (exit) => this.#exit(exit),
      onError: (error) => log('screen.error', { session: this.id, detail: String(error) }),
    })
    this.#watch(this.#process.screen, this.#options.onOutput)
    return this.#process.terminal
  }

  /** The agent's own screen has no `onOutput`: it moves by itself even when the agent does nothing. */
  #watch(screen: Screen, onOutput: () => void = () => undefined): void {
    screen.onChange(() => {
      onOutput()
      if (this.screen === screen) this.#options.onScreen()
    })
  }

  #resizeProcess(size: Size): void {
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return
    this.#size = size
    this.#process?.resize(size)
  }

  #setDraft(draft: Draft): void {
    const { hasDraft } = this
    this.#draft = draft
    if (this.hasDraft !== hasDraft) this.#options.onDraft()
  }

  #exit(exit: Exit): void {
    if (this.#hasExited) return
    this.#hasExited = true
    this.#draft = 'none'
    const told = exitText(exit, this.#wasAsked)
    const text = this.#endReason === undefined ? told : { why: this.#endReason, isFailure: false }
    this.#exitText = text.why
    this.#options.onExit(exit, text)
    this.#gone.emit()
    this.coolDown()
    this.#release()
  }

  /** An agent that ended by itself leaves as little behind as one that was ended: no door for its hooks, nobody who waits for it. */
  #release(): void {
    try {
      this.#scope.close()
    } catch (error) {
      this.#options.log('agent.release-failed', { session: this.id, detail: String(error) })
    }
  }
}
