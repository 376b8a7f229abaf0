import { ControlError, fail } from '../core/errors.ts'
import type { Envelope } from '../core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../core/fleet.ts'
import { reduce } from '../core/reduce.ts'
import type { HostConnection } from './context.ts'

/** What is waited for. */
export interface Awaited<Value> {
  /** Looked at with the first picture of the fleet and after every fact; undefined = not yet; what it throws ends the wait. */
  readonly when: (fleet: Fleet) => Value | undefined
  /** What it is called when it does not happen. */
  readonly what: string
  /** Longest time to wait; absent = no limit. */
  readonly timeoutMs?: number | undefined
}

/** Waits by facts, not by asking. Rejects with `wait.timed-out`, or with `host.unreachable` when the host goes away. */
export async function waitFor<Value>(connection: HostConnection, awaited: Awaited<Value>): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>()
  const { what, timeoutMs } = awaited
  const expire = (): void => reject(new ControlError('wait.timed-out', { what, seconds: (timeoutMs ?? 0) / 1000 }))
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs)
  hostGone(connection).catch(reject)
  const stop = followFleet(
    connection,
    (fleet) => {
      const value = awaited.when(fleet)
      if (value !== undefined) resolve(value)
    },
    reject,
  )
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await stop()
  }
}

/**
 * Calls back with the fleet as it is, then after every fact, with that fact, until the returned function is called. What the
 * callback throws goes to `onError`.
 */
export function followFleet(
  connection: HostConnection,
  onFleet: (fleet: Fleet, envelope?: Envelope) => void,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let fleet = EMPTY_FLEET
  const look = (envelope?: Envelope): void => {
    try {
      onFleet(fleet, envelope)
    } catch (error) {
      onError(error)
    }
  }
  const subscribed = connection.subscribe((update) => {
    if (update.type === 'snapshot') fleet = update.fleet
    else fleet = reduce(fleet, update.envelope)
    look(update.type === 'fact' ? update.envelope : undefined)
  })
  subscribed.catch(onError)
  return async () => {
    const unsubscribe = await subscribed.catch(() => undefined)
    unsubscribe?.()
  }
}

/** The fleet as it is now. */
export function fleetNow(connection: HostConnection): Promise<Fleet> {
  return waitFor(connection, { what: 'the first picture', when: (fleet) => fleet })
}

/** Rejects with `host.unreachable` when the connection ends. */
export async function hostGone(connection: HostConnection): Promise<never> {
  return fail('host.unreachable', { detail: await connection.closed })
}
