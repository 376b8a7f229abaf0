import path from 'node:path'
import { fail } from '../core/errors.ts'

/** Where everything that one host keeps lies; absolute paths, all in the state directory. */
export interface Paths {
  readonly stateDirectory: string
  readonly socket: string
  /** Says which process serves the socket. */
  readonly endpoint: string
  /** Held locked by the one host of this directory. */
  readonly lock: string
  readonly journal: string
  readonly log: string
  /** Files of single sessions. */
  readonly sessions: string
  /** What sessions last showed. */
  readonly screens: string
  /** Secret from which those of the sessions follow. */
  readonly identityKey: string
  /** Worktrees of sessions, by rig. */
  readonly worktrees: string
  /** What is known of each worktree that was made. */
  readonly worktreeRecords: string
  /** What removed worktrees had. */
  readonly archive: string
  /** The settings files of repositories that the operator trusts. */
  readonly trust: string
}

/** What paths are made from. */
export interface PathSources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
  readonly platform: NodeJS.Platform
}

/** Bytes of `sun_path` that the system leaves for the name. */
const SOCKET_LIMIT_BYTES = { linux: 107, others: 103 } as const

/**
 * The paths of this user and environment: `$SIGNALBOX_STATE`, else `$XDG_STATE_HOME/signalbox`, else
 * `~/.local/state/signalbox`. Nothing is read or made. Fails with `socket.path-too-long`.
 */
export function pathsFrom(sources: PathSources): Paths {
  const stateDirectory = stateDirectoryFrom(sources)
  const socket = path.join(stateDirectory, 'host.sock')
  const length = Buffer.byteLength(socket)
  const limit = sources.platform === 'linux' ? SOCKET_LIMIT_BYTES.linux : SOCKET_LIMIT_BYTES.others
  if (length > limit) fail('socket.path-too-long', { path: socket, length, limit })
  return {
    stateDirectory,
    socket,
    endpoint: path.join(stateDirectory, 'host.json'),
    lock: path.join(stateDirectory, 'host.lock'),
    journal: path.join(stateDirectory, 'journal.db'),
    log: path.join(stateDirectory, 'host.log'),
    sessions: path.join(stateDirectory, 'sessions'),
    screens: path.join(stateDirectory, 'screens'),
    identityKey: path.join(stateDirectory, 'identity.key'),
    worktrees: path.join(stateDirectory, 'worktrees'),
    worktreeRecords: path.join(stateDirectory, 'worktree-records'),
    archive: path.join(stateDirectory, 'archive'),
    trust: trustFileIn(stateDirectory),
  }
}

/** `trust` of the paths, for who has nothing but the state directory. */
export function trustFileIn(stateDirectory: string): string {
  return path.join(stateDirectory, 'trusted-settings.json')
}

/** The operator's own settings: `$SIGNALBOX_CONFIG`, else `signalbox/settings.json` in `$XDG_CONFIG_HOME` or `~/.config`. */
export function userSettingsFile({ env, homeDirectory }: Omit<PathSources, 'platform'>): string {
  const own = env['SIGNALBOX_CONFIG']
  if (own) return path.resolve(own)
  const xdg = env['XDG_CONFIG_HOME']
  const folder = xdg && path.isAbsolute(xdg) ? xdg : path.join(homeDirectory, '.config')
  return path.join(folder, 'signalbox', 'settings.json')
}

/** The state directory of this user and environment; nothing is made. */
export function stateDirectoryFrom({ env, homeDirectory }: Omit<PathSources, 'platform'>): string {
  const own = env['SIGNALBOX_STATE']
  if (own) return path.resolve(own)
  const xdg = env['XDG_STATE_HOME']
  // The XDG rules say that a relative path is to be ignored.
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'signalbox')
  return path.join(homeDirectory, '.local', 'state', 'signalbox')
}
