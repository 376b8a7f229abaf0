import type { Agent, AgentPort, Backend, OpenRequest } from '../../src/backends/backend.ts'
import { type Composer, guardedPaste } from '../../src/backends/guarded-paste.ts'
import { createEmitter } from '../../src/core/emitter.ts'
import { fail } from '../../src/core/errors.ts'
import type { MessageId } from '../../src/core/ids.ts'
import type { Receipt } from '../../src/core/message.ts'
import type { Random } from './random.ts'

/** What happened to texts that were typed into the agents of a run. */
export interface Ledger {
  /** How often each text was taken as a prompt. */
  readonly received: Map<string, number>
  /** The last receipt of each message. */
  readonly receipts: Map<MessageId, Receipt>
  intoDialog: number
  overDraft: number
}

/** An agent with one prompt line, dialogs that come at any time, and an Enter that is lost now and then. */
export interface FrailAgent {
  readonly name: string
  /** A dialog comes up, or goes. */
  setDialog(isShown: boolean): void
  /** The operator has typed something, or has sent it. */
  setDraft(hasDraft: boolean): void
  crash(): void
  readonly isAlive: boolean
  readonly isAsking: boolean
}

const PATIENCE = { visibleMs: 60, confirmMs: 15, dialogMs: 4000, enters: 6 }
const LOST_ENTERS = 0.08
const LONGEST_TURN_MS = 12

/** A backend of such agents; `onAgent` gets each one that is started. */
export function frailBackend(
  parts: { readonly ledger: Ledger; readonly random: Random },
  onAgent: (agent: FrailAgent) => void,
): Backend {
  return {
    name: 'frail',
    capabilities: {
      surface: 'pty',
      hasSignals: true,
      confirmsPrompts: true,
      canResume: true,
      canInterrupt: true,
      canFork: false,
      hasOwnEnvironment: true,
      takesFirstPrompt: false,
      answers: ['allow'],
    },
    defaults: { limit: 1000, readyDeadlineMs: 5000 },
    health: async () => ({ status: 'ready', detail: 'frail' }),
    async open(request, port) {
      const agent = new PromptLine(request, port, parts)
      onAgent(agent)
      port.emit({ type: 'ready', why: 'its prompt is there', source: 'hook' })
      return agent.asAgent()
    },
    shutdown: async () => undefined,
  }
}

class PromptLine implements FrailAgent {
  readonly name: string
  isAlive = true
  readonly #port: AgentPort
  readonly #ledger: Ledger
  readonly #random: Random
  readonly #changed = createEmitter<void>()
  #box = ''
  #hasDraft = false
  #dialogs = 0
  #isDialog = false

  constructor(request: OpenRequest, port: AgentPort, parts: { readonly ledger: Ledger; readonly random: Random }) {
    this.name = request.agentName
    this.#port = port
    this.#ledger = parts.ledger
    this.#random = parts.random
  }

  setDialog(isShown: boolean): void {
    if (!this.isAlive || this.#isDialog === isShown) return
    this.#isDialog = isShown
    const key = `dialog-${this.#dialogs}`
    if (isShown) {
      const need = { key, kind: 'permission', title: 'Bash', body: 'rm', options: [], answers: [] } as const
      this.#port.emit({ type: 'need', need, source: 'hook' })
    } else {
      this.#dialogs += 1
      this.#port.emit({ type: 'need-gone', key, outcome: 'answered-elsewhere' })
      this.#port.emit({ type: 'activity', activity: 'idle', why: 'answered', source: 'hook' })
    }
    this.#changed.emit()
  }

  setDraft(hasDraft: boolean): void {
    // What is typed while a dialog is shown goes to the dialog.
    if (this.#isDialog && hasDraft) return
    this.#hasDraft = hasDraft
    // The operator sees a text that lies there unsent, and clears it before typing on.
    if (!hasDraft) this.#box = ''
    this.#changed.emit()
  }

  crash(): void {
    if (!this.isAlive) return
    this.isAlive = false
    this.#changed.emit()
    this.#port.emit({ type: 'exited', exit: { code: 1, signal: undefined }, why: 'crashed' })
  }

  get isAsking(): boolean {
    return this.#isDialog && this.isAlive
  }

  asAgent(): Agent {
    return {
      deliver: async (text, report) => {
        await guardedPaste(this.#composer(text), report, { name: this.name, patience: PATIENCE })
      },
      answer: async () => undefined,
      interrupt: async () => undefined,
      close: async () => {
        this.isAlive = false
      },
    }
  }

  #composer(text: string): Composer {
    const before = this.#ledger.received.get(text) ?? 0
    return {
      whyNotType: () => this.#whyNotType(),
      paste: () => this.#paste(text),
      enter: () => this.#enter(),
      look: () => (this.#box === text ? 'ours' : this.#isDialog ? 'hidden' : 'other'),
      isConfirmed: () => (this.#ledger.received.get(text) ?? 0) > before,
      onChange: (listener) => this.#changed.on(listener),
    }
  }

  #whyNotType(): string | undefined {
    if (!this.isAlive) return 'it is gone'
    return this.#port.whyNotType() ?? (this.#isDialog ? 'it shows a dialog' : undefined)
  }

  #paste(text: string): void {
    if (this.#isDialog) this.#ledger.intoDialog += 1
    if (this.#hasDraft) this.#ledger.overDraft += 1
    this.#later(() => {
      if (!this.isAlive || this.#isDialog) return
      this.#box += text
    })
  }

  #enter(): void {
    if (this.#isDialog) this.#ledger.intoDialog += 1
    if (this.#random() < LOST_ENTERS || this.#box === '' || !this.isAlive) return
    const text = this.#box
    this.#box = ''
    this.#ledger.received.set(text, (this.#ledger.received.get(text) ?? 0) + 1)
    this.#port.emit({ type: 'activity', activity: 'working', why: 'thinking', source: 'hook' })
    this.#changed.emit()
    this.#later(() => {
      if (!this.isAlive || this.#isDialog) return
      this.#port.emit({ type: 'activity', activity: 'idle', why: 'finished its turn', source: 'hook' })
    })
  }

  #later(act: () => void): void {
    setTimeout(() => {
      act()
      this.#changed.emit()
    }, this.#random() * LONGEST_TURN_MS)
  }
}

/** Refuses to go on when a run cannot end. */
export function stuck(what: string): never {
  return fail('internal', { detail: `the run does not end: ${what}` })
}
