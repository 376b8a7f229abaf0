import { isRunning, type Session } from './session.ts'

const FIELDS = ['backend', 'role', 'rig', 'name', 'state', 'activity', 'host', 'need'] as const
type Field = (typeof FIELDS)[number]

/** One word of a filter: a field that must match, or a text that must occur. */
type Term = { readonly field: Field; readonly value: string } | { readonly text: string }

/** A parsed filter such as `role:polecat state:waiting rig:api toast`; all terms must match, case is ignored. */
export type Filter = readonly Term[]

/** Parses a filter; an unknown field is taken as text, so that no input is an error. */
export function parseFilter(input: string): Filter {
  return input
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(parseTerm)
}

function parseTerm(word: string): Term {
  const colon = word.indexOf(':')
  const field = FIELDS.find((name) => name === word.slice(0, colon))
  return field === undefined ? { text: word } : { field, value: word.slice(colon + 1) }
}

/** Whether a session matches every term. `state:` also matches an activity, since operators think of one state. */
export function matchesFilter(session: Session, filter: Filter): boolean {
  return filter.every((term) => ('text' in term ? hasText(session, term.text) : hasField(session, term)))
}

function hasText(session: Session, wanted: string): boolean {
  const words = [
    session.agentName,
    session.rig,
    session.role,
    session.backend,
    session.why,
    session.activity,
    session.state,
  ]
  return words.some((word) => word.toLowerCase().includes(wanted))
}

function hasField(session: Session, term: { readonly field: Field; readonly value: string }): boolean {
  const { field, value } = term
  if (field === 'state')
    return session.state.startsWith(value) || (isRunning(session) && session.activity.startsWith(value))
  if (field === 'need') return session.need?.kind.startsWith(value) === true
  const actual = field === 'name' ? session.agentName : session[field]
  return actual.toLowerCase().startsWith(value)
}
