import type { Client } from '../client/client.ts'
import type { SessionId } from '../core/ids.ts'
import type { SessionInfo } from '../core/session.ts'
import type { Viewer } from '../core/viewer.ts'

/** What the verbs need of a client: the orchestrator, the journal, and the two ways to end it. */
export interface HostConnection extends Omit<Client, keyof Viewer | 'factSource' | 'hello' | 'onClose'> {
  /** Name of the machine the host runs on, as its sessions carry it. */
  readonly hostName: string
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<string>
}

/** Where text goes. Resolves when it was taken, so that a slow reader slows the writer and nobody else. */
export interface TextSink {
  write(text: string): Promise<void>
}

/** Everything that a verb may touch; the composition root supplies it. */
export interface VerbContext {
  /** Connects to the host and starts one when there is none. Throws `host.*`, `directory.*`, `socket.*`. */
  readonly connect: () => Promise<HostConnection>
  /** Connects to a host that runs already, of whatever version; undefined when none does. */
  readonly connectExisting: () => Promise<HostConnection | undefined>
  /** Opens the room and resolves when it is closed; with `attach`, in focus of that session until the operator leaves it. */
  readonly openRoom: (options: { readonly attach?: SessionId }) => Promise<void>
  /** Runs the demo: in a room until that is closed, or, without one, its sessions as they are once all are ready. */
  readonly runDemo: (options: { readonly hasRoom: boolean }) => Promise<readonly SessionInfo[]>
  /** Where state, socket and journal are, made if need be. Throws `directory.*` and `socket.path-too-long`. */
  readonly stateDirectory: () => string
  /** Program and arguments that run the host in the foreground. */
  readonly hostCommand: readonly string[]
  readonly stdout: TextSink
  readonly stderr: TextSink
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Name of this machine. */
  readonly hostName: string
  /** Whether input and output are both a terminal. */
  readonly isTty: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newId: () => string
  /** Aborted when the operator ends the program. */
  readonly signal: AbortSignal
}
