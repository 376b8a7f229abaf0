import type { BackendHealth } from '../../core/facts.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { Choice, SpawnOverlay } from './spawn-form.ts'

/** The backends to choose from: agents that work, agents that are still looked for, what runs any command, what is not there. */
export function backendChoices(backends: Fleet['backends']): readonly Choice[] {
  return Object.entries(backends)
    .toSorted(([, a], [, b]) => rankOf(a) - rankOf(b))
    .map(([name, health]) => choiceOf(name, health))
}

/** The form when something else is known of the backends; what was chosen stays chosen. */
export function withBackends(overlay: SpawnOverlay, backends: readonly Choice[]): SpawnOverlay {
  const value = overlay.backends[overlay.chosen.backend]?.value
  const place = backends.findIndex((choice) => choice.value === value)
  return { ...overlay, backends, chosen: { ...overlay.chosen, backend: Math.max(0, place) } }
}

function choiceOf(value: string, health: BackendHealth): Choice {
  return {
    value,
    problem: health.status === 'unavailable' ? health.detail : undefined,
    detail: health.version ?? health.detail,
    needsCommand: runsAnyCommand(health),
  }
}

function rankOf(health: BackendHealth): number {
  if (health.status === 'unavailable') return 3
  if (health.status === 'checking') return 1
  return runsAnyCommand(health) ? 2 : 0
}

/** It can start sessions and has no program of its own. */
function runsAnyCommand({ status, program }: BackendHealth): boolean {
  return status === 'ready' && program === undefined
}
