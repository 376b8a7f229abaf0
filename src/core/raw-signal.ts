import type { Source } from './session.ts'

/** What was heard, before anyone concluded anything from it: a hook, fields of a status file, a server event, a key of the operator. */
export interface RawSignal {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly source: Source
  /** Its name where it comes from: `hook Stop`, `status file`, `session.status`. */
  readonly what: string
  /** The fields that mattered, shortened and without secrets; may be empty. */
  readonly detail: string
}

/** A raw signal as a backend reports it; the host adds the time. */
export type RawDraft = Pick<RawSignal, 'source' | 'what'> & { readonly detail?: string }

const LONGEST = 160

/** What looks like a secret, and what stands there instead. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[^\s"',]+/gi, '$1 ***'],
  [/\b(?:(?:sk|pk|rk|gh[oprsu]|github_pat|glpat|xox[abprs])[-_]|AKIA|AIza)[-_A-Za-z0-9]{8,}/g, '***'],
  [/((?:token|secret|passw(?:or)?d|api[-_]?key|authorization|credential)s?["']?\s*[:=]\s*["']?)[^\s"',}]+/gi, '$1***'],
  [/:\/\/[^\s/@:]+:[^\s/@]+@/g, '://***@'],
  [/\b[A-Za-z0-9+_]{40,}\b/g, '***'],
]

/** A raw signal that may be kept and shown: on one line, not long, and without anything that looks like a secret. */
export function rawSignal(draft: RawDraft, at: number): RawSignal {
  return { at, source: draft.source, what: shortened(draft.what), detail: shortened(draft.detail ?? '') }
}

function shortened(text: string): string {
  // Cut before the patterns run: a reply may be megabytes long.
  const line = text
    .slice(0, LONGEST * 8)
    .replace(/[\s\x00-\x1f\x7f-\x9f]+/g, ' ')
    .trim()
  const clean = SECRETS.reduce((kept, [pattern, instead]) => kept.replace(pattern, instead), line)
  return clean.length <= LONGEST ? clean : `${clean.slice(0, LONGEST - 1)}…`
}
