/** A JSON object whose members have not been looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** True for an object that is neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value if it is an object; an empty one for anything else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** The objects in a list; [] for anything that is not a list. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Levels of lists and objects: parsing takes any number, everything after it recurses. */
const DEEPEST = 500

/** Parses an object; undefined for malformed text, for any other JSON value, and for one that is nested without end. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && !isDeeperThan(value, DEEPEST) ? value : undefined
  } catch {
    // Who asked decides what malformed JSON means; it is not an error here.
    return undefined
  }
}

/** Looks level by level, so that it takes any depth itself. */
function isDeeperThan(value: object, levels: number): boolean {
  let level: readonly object[] = [value]
  for (let depth = 0; depth < levels; depth += 1) {
    level = level.flatMap((each) => Object.values(each).filter(isNested))
    if (level.length === 0) return false
  }
  return true
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
