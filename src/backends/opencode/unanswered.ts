import type { ActivityInput, ActivityState } from './activity-state.ts'

/** Twice as long after each try: a server that has just started was seen to take more than ten seconds. */
const PATIENCE_MS = 4000
const MOST_TRIES = 4

interface Actions {
  readonly again: () => void
  /** It was given again often enough. */
  readonly giveUp: () => void
}

/** Prompts that the server took and has not begun to answer. */
export interface Unanswered {
  /** Watches a prompt; `again` gives it to the server once more under the same ids. */
  watch(message: string, actions: Actions): void
  /** To be called after each input with the state after it. */
  after(input: ActivityInput, state: ActivityState): void
  dispose(): void
}

/**
 * A prompt that arrives in the moment in which a turn ends is stored by the server and then left lying: nothing runs, nothing is
 * said. Given once more under the same ids it is answered, and stays one prompt. A stop by the operator drops what waits.
 */
export function createUnanswered(): Unanswered {
  const waiting = new Map<string, { readonly actions: Actions; tries: number }>()
  const patience = () => PATIENCE_MS * 2 ** Math.min(...[...waiting.values()].map(({ tries }) => tries))
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const push = () => {
    timer = undefined
    for (const [message, prompt] of waiting) {
      prompt.tries += 1
      if (prompt.tries < MOST_TRIES) {
        prompt.actions.again()
        continue
      }
      waiting.delete(message)
      prompt.actions.giveUp()
    }
    if (waiting.size > 0) timer = setTimeout(push, patience())
  }
  return {
    watch: (message, actions) => {
      waiting.set(message, { actions, tries: 0 })
      timer ??= setTimeout(push, PATIENCE_MS)
    },
    after: (input, state) => {
      if (waiting.size === 0) return
      if (state.wasAborted || state.lost !== undefined) waiting.clear()
      if (input.type === 'message' && input.session === state.root && input.message.role === 'assistant') {
        for (const message of waiting.keys()) if (message < input.message.id) waiting.delete(message)
      }
      const isAtWork = state.running.size > 0
      if (waiting.size === 0 || isAtWork) stop()
      else timer ??= setTimeout(push, patience())
    },
    dispose: () => {
      waiting.clear()
      stop()
    },
  }
}
