import type { Labels, MetricFamily, MetricSpread, MetricsReport } from './metrics.ts'

/** A report in the text format that Prometheus reads (version 0.0.4). */
export function prometheusText({ metrics }: MetricsReport): string {
  return metrics.map(familyText).join('')
}

function familyText(family: MetricFamily): string {
  const { name, help, type } = family
  const head = [`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`]
  const lines =
    family.type === 'histogram'
      ? family.values.flatMap((spread) => spreadLines(name, spread))
      : family.values.map(({ labels, value }) => line(name, labels, value))
  return `${[...head, ...lines].join('\n')}\n`
}

function spreadLines(name: string, { labels, count, sum, buckets }: MetricSpread): readonly string[] {
  return [
    ...buckets.map((each) => line(`${name}_bucket`, { ...labels, le: String(each.atMost) }, each.count)),
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ]
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
