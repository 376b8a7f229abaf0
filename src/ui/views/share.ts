/**
 * `next` with every part that equals the same part of `previous` replaced by it, so that what has not changed is the same
 * object; `previous` itself when nothing has. For plain data only.
 */
export function share<Value>(previous: unknown, next: Value): Value {
  if (Object.is(previous, next)) return next
  if (!isPlain(previous) || !isPlain(next)) return next
  if (Array.isArray(previous) !== Array.isArray(next)) return next
  return Array.isArray(next) ? (shareArray(previous as readonly unknown[], next) as Value) : shareObject(previous, next)
}

function shareArray(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const shared = next.map((value, index) => share(previous[index], value))
  const isSame = previous.length === shared.length && shared.every((value, index) => value === previous[index])
  return isSame ? previous : shared
}

function shareObject<Value extends object>(previous: object, next: Value): Value {
  const before = previous as Readonly<Record<string, unknown>>
  const entries = Object.entries(next).map(([key, value]) => [key, share(before[key], value)] as const)
  const isSame =
    entries.length === Object.keys(previous).length && entries.every(([key, value]) => before[key] === value)
  return isSame ? (previous as Value) : (Object.fromEntries(entries) as Value)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype
}
