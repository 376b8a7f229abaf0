import { fail } from '../core/errors.ts'
import type { Fleet } from '../core/fleet.ts'
import { messageId } from '../core/ids.ts'
import type { Delivery } from '../core/message.ts'

/** The one message whose id begins so. */
export function deliveryBy(fleet: Fleet, start: string): Delivery {
  const wanted = start.toUpperCase()
  const exact = fleet.deliveries[messageId(wanted)]
  const matches = Object.values(fleet.deliveries).filter(({ message }) => message.id.startsWith(wanted))
  const [only, ...others] = exact === undefined ? matches : [exact]
  if (only === undefined) return fail('message.not-found', { id: start })
  if (others.length === 0) return only
  return fail('usage.invalid', { what: `"${start}" begins the ids of ${matches.length} messages; give more of it` })
}
