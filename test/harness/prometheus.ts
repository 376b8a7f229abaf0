/** A metric as it was read from the text format. */
export interface ReadMetric {
  readonly type: string
  readonly samples: readonly {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
  }[]
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\n]|\\\\|\\n)*)$/
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\\n]|\\["\\n])*")*)\})? ([-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|NaN)$/

/** Reads the text format of Prometheus strictly: each metric once, its head before its samples. Throws on anything else. */
export function readPrometheus(text: string): ReadonlyMap<string, ReadMetric> {
  const metrics = new Map<string, { type: string; samples: ReadMetric['samples'][number][] }>()
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the last line does not end')
  let current = ''
  for (const [index, line] of lines.entries()) {
    const help = HELP.exec(line)
    if (help !== null) {
      current = help[1]!
      if (metrics.has(current)) throw new Error(`${current} comes twice`)
      const type = TYPE.exec(lines[index + 1] ?? '')
      if (type?.[1] !== current) throw new Error(`no type behind: ${line}`)
      metrics.set(current, { type: type[2]!, samples: [] })
    } else if (!TYPE.test(line)) {
      const metric = metrics.get(current)
      const sample = sampleOf(line)
      const base = metric?.type === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name
      if (metric === undefined || base !== current) throw new Error(`${line} stands under ${current}`)
      metric.samples.push(sample)
    }
  }
  return metrics
}

function sampleOf(line: string): ReadMetric['samples'][number] {
  const found = SAMPLE.exec(line)
  if (found === null) throw new Error(`no sample: ${line}`)
  const [, name = '', inner = '', value = ''] = found
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  for (let at = 0; at < inner.length; at = LABEL.lastIndex) {
    const label = LABEL.exec(inner)
    if (label === null) throw new Error(`no label in: ${line}`)
    labels[label[1]!] = label[2]!.replace(/\\(.)/g, (_, each: string) => (each === 'n' ? '\n' : each))
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) }
}
