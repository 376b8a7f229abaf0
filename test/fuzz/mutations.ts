import fc from 'fast-check'

/** Pieces that parsers trip over: starts without ends, ends without starts, numbers without bounds, cut characters. */
const AWKWARD: readonly Buffer[] = [
  ...['\x1b', '\x1b[', '\x1b]', '\x1bP', '\x1b_', '\x1b^', '\x1bX', '\x1b\\', '\x07', '\x18', '\x1a', '\x9b', '\x90'],
  ...['\x1b[99999999999999999999m', `\x1b[${';'.repeat(60)}m`, `\x1b[${'1:'.repeat(40)}m`, '\x1b[?1049h', '\x1bc'],
  ...['\x1b[2147483647b', '\x1b[65535;65535H', '\x1b[9999L', '\x1b[9999P', '\x1b[9999@', '\x1b[9999S', '\x1b[?2026h'],
  ...['\x1b]52;c;', '\x1b]8;;', '\x1b]4;0;?;1;?', '\x1bP+q544e', '\x1bP1$r', '\x1b[200~', '\x1b[201~', '\x1b[<0;1;1M'],
  ...[
    'e\u0301\u0301\u0301\u0301',
    '👩‍👩‍👧‍👦',
    '🇫🇷🇫',
    '\u202e',
    '\ufe0f',
    '\u200d',
    '漢',
    '{',
    '}',
    '[',
    '"',
    '\\u',
    ',',
  ],
  ...['__proto__', 'constructor', 'null', '1e999', '-0', '\0', '\ufeff', '\r', '\n'],
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.from([0xf0, 0x9f]), Buffer.from([0xe2, 0x80]), Buffer.from([0xff, 0xfe]), Buffer.alloc(40, 0x30)])

interface Mutation {
  readonly kind: 'replace' | 'insert' | 'delete' | 'repeat' | 'splice' | 'flip'
  readonly at: number
  readonly length: number
  readonly piece: Buffer
  readonly other: number
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('replace', 'insert', 'delete', 'repeat', 'splice', 'flip'),
  at: fc.nat(4000),
  length: fc.integer({ min: 1, max: 60 }),
  piece: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...AWKWARD) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)) },
  ),
  other: fc.nat(),
})

/** Real bytes with some of them changed, and bytes that never were real. */
export function mutated(corpus: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const real = fc
    .tuple(fc.nat(), fc.array(mutation, { maxLength: 4 }))
    .map(([index, mutations]) => mutations.reduce((bytes, each) => apply(bytes, each, corpus), pick(corpus, index)))
  const noise = fc.array(
    fc.oneof(
      fc.constantFrom(...AWKWARD),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 12 },
  )
  return fc.oneof(
    { weight: 4, arbitrary: real },
    { weight: 1, arbitrary: noise.map((pieces) => Buffer.concat(pieces)) },
  )
}

/** The same as text: what is no UTF-8 becomes U+FFFD, as it does where the program reads text. */
export function mutatedText(corpus: readonly string[]): fc.Arbitrary<string> {
  return mutated(corpus.map((text) => Buffer.from(text))).map((bytes) => bytes.toString('utf8'))
}

function apply(bytes: Buffer, { kind, at: wanted, length, piece, other }: Mutation, corpus: readonly Buffer[]): Buffer {
  const at = wanted % (bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (kind) {
    case 'replace':
      return Buffer.concat([before, piece, after.subarray(piece.length)])
    case 'insert':
      return Buffer.concat([before, piece, after])
    case 'delete':
      return Buffer.concat([before, after.subarray(length)])
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after])
    case 'splice':
      return Buffer.concat([before, pick(corpus, other).subarray(wanted % 50)])
    case 'flip':
      return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ (1 << (other % 8))]), after.subarray(1)])
  }
}

function pick(corpus: readonly Buffer[], index: number): Buffer {
  return corpus[index % corpus.length] ?? Buffer.alloc(0)
}

/** Values that stand where another kind of value is expected. */
const ODD_VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, '', 'x', '\0', [], {}, [null], [[[[]]]], { type: 'text' }, 'x'.repeat(3000)],
  ...['__proto__', 'constructor', 'toString', '\x1b]52;c;aGk=\x07', '\ud800', Number.MAX_SAFE_INTEGER],
  ...[JSON.parse('{"__proto__":{"polluted":true}}'), Array.from({ length: 300 }, () => ({})), nested(200)],
]

/** JSON values of the corpus in which some parts are others: odd values, or parts of another value of the corpus. */
export function mutatedJson(corpus: readonly unknown[]): fc.Arbitrary<unknown> {
  const change = fc.record({
    at: fc.nat(60),
    value: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...ODD_VALUES) },
      { weight: 1, arbitrary: fc.nat().map((index) => corpus[index % corpus.length]) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    ),
  })
  return fc
    .tuple(fc.nat(), fc.array(change, { maxLength: 3 }))
    .map(([index, changes]) =>
      changes.reduce(
        (value, { at, value: other }) => withPart(value, { left: at }, other),
        corpus[index % corpus.length],
      ),
    )
}

/** The value with its `left`-th part, counted from the outside in, replaced. */
function withPart(value: unknown, count: { left: number }, other: unknown): unknown {
  if (count.left === 0) {
    count.left = -1
    return other
  }
  count.left -= 1
  if (count.left < 0 || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withPart(item, count, other))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withPart(item, count, other)]))
}

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { tool_input: value }
  return value
}
