const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a length of time such as `90s`, `10m`, `2h` or `1d`; undefined for anything else, and for none. */
export function parseDuration(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(text.trim()) ?? []
  const ms = Number(number) * (UNITS_MS[unit] ?? 0)
  return ms > 0 ? ms : undefined
}
