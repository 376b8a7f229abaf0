import type { MetricFamily, MetricsReport } from '../../core/metrics.ts'
import { prometheusText } from '../../core/prometheus.ts'
import { tableText } from '../table.ts'
import { hasOption, type VerbHandler } from '../verb-input.ts'

/** Prints what the host has measured. */
export const metrics: VerbHandler = async (context, input) => {
  const report = await (await context.connect()).metrics()
  const text = hasOption(input, 'prometheus') ? prometheusText(report).trimEnd() : textOf(report)
  return { json: report, text }
}

function textOf(report: MetricsReport): string {
  return tableText(['METRIC', 'OF', 'VALUE'], report.metrics.flatMap(rowsOf))
}

function rowsOf(family: MetricFamily): readonly (readonly string[])[] {
  const { name } = family
  if (family.type === 'histogram')
    return family.values.map(({ labels, count, p50, p95 }) => [
      name,
      labelText(labels),
      `${count} times, p50 ${short(p50)}, p95 ${short(p95)}`,
    ])
  return family.values.map(({ labels, value }) => [name, labelText(labels), short(value)])
}

/** A session's id is for machines; its name stands beside it. */
function labelText(labels: Readonly<Record<string, string>>): string {
  const shown = Object.entries(labels).filter(([label]) => label !== 'session')
  return shown.length === 0 ? '-' : shown.map(([, text]) => text).join(' ')
}

function short(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(3)))
}
