import { growthPerHour, leastOfTenths, type Use } from './host-watch.ts'
import type { Broken, Lives } from './lives.ts'
import type { SoakOptions } from './options.ts'
import type { Account, WrongStretch } from './sampler.ts'

/** What a soak found. */
export interface Report {
  readonly options: SoakOptions
  readonly samples: number
  readonly accounts: readonly Account[]
  readonly wrongSeconds: number
  readonly wrongSecondsPerSessionHour: number
  readonly unknownSeconds: number
  readonly stretches: readonly WrongStretch[]
  readonly scenes: Readonly<Record<string, number>>
  readonly broken: readonly Broken[]
  readonly faults: Readonly<Record<string, number>>
  readonly host: HostUse
}

interface HostUse {
  readonly first: Use | undefined
  readonly last: Use | undefined
  readonly mostMegabytes: number
  readonly mostDescriptors: number
  readonly megabytesPerHour: number
  readonly leastMegabytesOfTenths: readonly number[]
  readonly descriptorsPerHour: number
}

/** What a report is made of. */
export interface ReportParts extends Pick<Report, 'options' | 'samples' | 'accounts' | 'stretches' | 'faults'> {
  readonly lives: Lives
  readonly uses: readonly Use[]
}

/** Adds up. */
export function reportOn({ lives, uses, ...parts }: ReportParts): Report {
  const { accounts } = parts
  const sum = (of: (account: Account) => number) => accounts.reduce((total, account) => total + of(account), 0)
  const wrongSeconds = sum((account) => account.wrongSeconds)
  const hours = sum((account) => account.seconds) / 3600
  return {
    ...parts,
    ...lives,
    wrongSeconds,
    wrongSecondsPerSessionHour: hours === 0 ? 0 : wrongSeconds / hours,
    unknownSeconds: sum((account) => account.unknownSeconds),
    host: {
      first: uses[0],
      last: uses.at(-1),
      mostMegabytes: Math.max(0, ...uses.map(({ megabytes }) => megabytes)),
      mostDescriptors: Math.max(0, ...uses.map(({ descriptors }) => descriptors)),
      megabytesPerHour: growthPerHour(uses, 'megabytes'),
      leastMegabytesOfTenths: leastOfTenths(uses),
      descriptorsPerHour: growthPerHour(uses, 'descriptors'),
    },
  }
}

/** Whether the host was right all the time, about a fleet that did what its scripts say. */
export function isGood({ wrongSeconds, broken }: Report): boolean {
  return wrongSeconds === 0 && broken.length === 0
}

/** The report as a person reads it. */
export function tableOf(report: Report): string {
  const lines = [
    row('session', 'seconds', 'wrong', 'unknown', 'excused'),
    ...report.accounts.map(({ name, seconds, wrongSeconds, unknownSeconds, excusedSeconds }) =>
      row(name, seconds, wrongSeconds, unknownSeconds, excusedSeconds),
    ),
    '',
    `${report.samples} samples; wrong-state seconds per session-hour: ${report.wrongSecondsPerSessionHour.toFixed(1)}`,
    hostLine(report.host),
    `faults: ${counts(report.faults)}`,
    `scenes: ${counts(report.scenes)}`,
    ...report.broken.map(({ name, scene, error }) => `BROKEN ${name} in "${scene}": ${error}`),
    ...report.stretches.slice(0, 8).flatMap(stretchLines),
  ]
  return `${lines.join('\n')}\n`
}

function row(name: string, ...values: readonly (string | number)[]): string {
  const texts = values.map((value) => (typeof value === 'number' ? value.toFixed(1) : value).padStart(10))
  return `${name.padEnd(14)}${texts.join('')}`
}

function hostLine({
  first,
  last,
  mostMegabytes,
  megabytesPerHour,
  leastMegabytesOfTenths,
  mostDescriptors,
  descriptorsPerHour,
}: HostUse): string {
  const memory = `${first?.megabytes.toFixed(0)} → ${last?.megabytes.toFixed(0)} MB (most ${mostMegabytes.toFixed(0)}, ${megabytesPerHour.toFixed(0)} MB/h)`
  const descriptors = `${first?.descriptors} → ${last?.descriptors} descriptors (most ${mostDescriptors}, ${descriptorsPerHour.toFixed(0)}/h)`
  return `host: ${memory}; ${descriptors}\n  least memory of each tenth: ${leastMegabytesOfTenths.join(' ')} MB`
}

function counts(all: Readonly<Record<string, number>>): string {
  const words = Object.entries(all).map(([name, count]) => `${name} ${count}×`)
  return words.length === 0 ? 'none' : words.join(', ')
}

function stretchLines({ name, at, seconds, told, truth, explanation }: WrongStretch): readonly string[] {
  return [
    '',
    `WRONG for ${seconds.toFixed(1)} s from ${at}: ${name} was said to be ${told.join(', ')}`,
    ...truth.map((line) => `  truth  ${line}`),
    ...explanation.map((line) => `  host   ${line}`),
  ]
}
