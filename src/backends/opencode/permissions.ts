import { fail } from '../../core/errors.ts'
import type { PermissionAction, Permissions } from '../../core/rules.ts'

/** One rule of a session as the server takes it; of several that fit, the last one holds. */
export interface PermissionRule {
  readonly permission: string
  readonly pattern: string
  readonly action: PermissionAction
}

/** A role's profile as rules. A word that is none of the three actions would not be kept, so nothing is started with it. */
export function permissionRules(permissions: Permissions | undefined): readonly PermissionRule[] | undefined {
  if (permissions === undefined) return undefined
  if (typeof permissions === 'string') return [{ permission: '*', pattern: '*', action: actionOf(permissions) }]
  return Object.entries(permissions).flatMap(([permission, rule]) => {
    if (typeof rule === 'string') return [{ permission, pattern: '*', action: rule }]
    return Object.entries(rule).map(([pattern, action]) => ({ permission, pattern, action }))
  })
}

function actionOf(word: string): PermissionAction {
  if (word === 'allow' || word === 'ask' || word === 'deny') return word
  return fail('usage.invalid', {
    what: `Opencode knows no permission mode "${word}"; nothing was started`,
    hint: 'Give the role "ask", "allow", "deny" or an object such as {"bash": "ask"}, or run it on claude.',
  })
}
