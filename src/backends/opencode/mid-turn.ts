import type { ActivityState } from './activity-state.ts'

/** Whether the conversation ends with a prompt that has no whole answer, nor an error of its own in its place. Ids grow. */
export function endsMidTurn({ prompt, last }: Pick<ActivityState, 'prompt' | 'last'>): boolean {
  if (last === undefined || (prompt !== undefined && prompt > last.id)) return prompt !== undefined
  return last.isAborted || (!last.isComplete && !last.hasFailed)
}
