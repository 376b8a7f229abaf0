import { fail } from '../../core/errors.ts'
import type { Permissions } from '../../core/rules.ts'
import { promptText } from './prompt-text.ts'

/** What decides the command line of one launch. */
export interface LaunchRequest {
  readonly agentName: string
  /** A UUID. */
  readonly resumeId: string
  /** Whether a conversation with that id exists. */
  readonly isResume: boolean
  /** The conversation of which this one is a copy, when it is to be made now. */
  readonly forkOf?: string | undefined
  readonly prompt: string | undefined
  /** The operator's own arguments. */
  readonly args: readonly string[]
  readonly settingsFile: string
  readonly instructions?: string
  readonly permissions?: Permissions
}

/** Flags with which the program does not open a conversation in its terminal. */
const NOT_A_SESSION = ['-p', '--print', '--bg', '--background', '-v', '--version', '-h', '--help']

/** The operator's own choice of a conversation: ours is left out. */
const OWN_CONVERSATION = ['--session-id', '--resume', '-r', '--continue', '-c', '--from-pr', '--teleport']

/**
 * The arguments of the program. A flag that the operator gives wins over ours. The prompt comes last, behind `--`, so that it
 * is a prompt whatever it begins with.
 */
export function launchArgs(request: LaunchRequest): readonly string[] {
  // A resume or a copy is of this conversation, whichever one the operator's arguments chose at the first start.
  const isAgain = request.isResume || request.forkOf !== undefined
  const args = isAgain ? withoutConversation(request.args) : request.args
  const given = flagsIn(args)
  const ours: readonly (readonly [string, string])[] = [
    ['--settings', request.settingsFile],
    ['--name', request.agentName],
    ['--permission-mode', permissionMode(request.permissions)],
    ...(request.instructions === undefined ? [] : [['--append-system-prompt', request.instructions] as const]),
  ]
  const isOwnMode = given.has('--dangerously-skip-permissions')
  return [
    ...(OWN_CONVERSATION.some((flag) => given.has(flag)) ? [] : conversation(request)),
    ...ours.filter(([flag]) => !given.has(flag) && !(isOwnMode && flag === '--permission-mode')).flat(),
    ...args,
    ...(request.prompt === undefined ? [] : [...(args.includes('--') ? [] : ['--']), promptText(request.prompt)]),
  ]
}

/** Flags that are followed by the id of a conversation; without one they open a list. */
const TAKES_ID: ReadonlySet<string> = new Set(['--session-id', '--resume', '-r', '--from-pr', '--teleport'])

function withoutConversation(args: readonly string[]): readonly string[] {
  const end = endOfFlags(args)
  return args.filter((arg, at) => {
    if (at >= end) return true
    const before = args[at - 1] ?? ''
    if (TAKES_ID.has(before) && !arg.startsWith('-')) return false
    return !OWN_CONVERSATION.includes(arg.replace(/=.*$/s, '')) && arg !== '--fork-session'
  })
}

function conversation({ isResume, resumeId, forkOf }: LaunchRequest): readonly string[] {
  if (isResume) return ['--resume', resumeId]
  const named = ['--session-id', resumeId]
  return forkOf === undefined ? named : ['--resume', forkOf, '--fork-session', ...named]
}

/** The mode that a role's profile names. A table would not be kept by this program, so nothing is started with one. */
function permissionMode(permissions: Permissions | undefined): string {
  if (permissions === undefined || typeof permissions === 'string') return permissions ?? 'default'
  return fail('usage.invalid', {
    what: 'Claude Code takes the name of a permission mode, and the role has a table of permissions; nothing was started',
    hint: 'Give the role a mode, such as "plan" or "acceptEdits", or run it on opencode.',
  })
}

/** The flag among the operator's arguments with which the program would not open a session; undefined when there is none. */
export function notASession(args: readonly string[]): string | undefined {
  const given = flagsIn(args)
  return NOT_A_SESSION.find((flag) => given.has(flag))
}

/** Takes the operator's `--settings` out of the arguments, so that it can be merged with ours. */
export function splitSettings(args: readonly string[]): {
  readonly args: readonly string[]
  readonly settings: string | undefined
} {
  const end = endOfFlags(args)
  const at = args.findLastIndex((arg, index) => index < end && (arg === '--settings' || arg.startsWith('--settings=')))
  if (at < 0) return { args, settings: undefined }
  const isJoined = args[at] !== '--settings'
  const settings = isJoined ? args[at]?.slice('--settings='.length) : args[at + 1]
  return { args: [...args.slice(0, at), ...args.slice(at + (isJoined ? 1 : 2))], settings }
}

function flagsIn(args: readonly string[]): ReadonlySet<string> {
  const flags = args.slice(0, endOfFlags(args)).filter((arg) => arg.startsWith('-'))
  return new Set(flags.map((flag) => (flag === '-n' ? '--name' : flag.replace(/=.*$/s, ''))))
}

function endOfFlags(args: readonly string[]): number {
  const at = args.indexOf('--')
  return at < 0 ? args.length : at
}
