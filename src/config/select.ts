import { ControlError, fail } from '../core/errors.ts'
import type { BackendHealth } from '../core/facts.ts'
import { backendLayers, type SelectionLayer } from './backend-layers.ts'
import type { Config } from './load.ts'

/** The backend a session gets, and the sentence that says why. */
export interface Selection {
  readonly backend: string
  readonly layer: SelectionLayer
  readonly why: string
}

/** What the choice depends on. */
export interface SelectionRequest {
  /** What the operator asked for on the command line. */
  readonly flag?: string | undefined
  readonly agentName?: string | undefined
  readonly role: string
  readonly config: Config
  readonly backends: Readonly<Record<string, BackendHealth>>
}

/** Backends that nobody has to ask for, best first. */
const BY_ITSELF: readonly string[] = ['claude', 'opencode']

/**
 * Chooses the backend of a session: flag, then agent name, rig, role, the town's default, then the first one that is ready.
 * Throws `backend.unknown` for a name that no backend has, `backend.unavailable` when nothing says which and none is ready.
 */
export function selectRuntime(request: SelectionRequest): Selection {
  const selection = configured(request) ?? firstReady(request.backends)
  const known = Object.keys(request.backends)
  if (known.includes(selection.backend)) return selection
  return fail('backend.unknown', { backend: selection.backend, known, why: selection.why })
}

function configured(request: SelectionRequest): Selection | undefined {
  const first = backendLayers(request)[0]
  if (first === undefined) return undefined
  const { backend, layer, because } = first
  return { backend, layer, why: `${backend}, because ${because}` }
}

function firstReady(backends: SelectionRequest['backends']): Selection {
  const backend = BY_ITSELF.find((name) => backends[name] !== undefined && backends[name].status !== 'unavailable')
  if (backend === undefined) throw noneReady(backends)
  return {
    backend,
    layer: 'available',
    why: `${backend}, because nothing is configured and it is the first one installed`,
  }
}

function noneReady(backends: SelectionRequest['backends']): ControlError {
  const details = BY_ITSELF.map((name) => `${name}: ${backends[name]?.detail ?? 'unknown'}`)
  return new ControlError('backend.unavailable', {
    backend: BY_ITSELF.join(' or '),
    detail: details.join(' '),
    hint: 'Install Claude Code or Opencode, use `--backend shell -- COMMAND`, or try `signalbox demo`.',
  })
}
