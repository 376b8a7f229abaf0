import type { ProcessPlan } from '../backend.ts'
import { USER_NAME } from './http.ts'

interface ScreenOptions {
  readonly program: string
  readonly url: string
  readonly password: string
  readonly session: string
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
}

/** How to start opencode's own screen on a session of the shared server. The password is in the environment, not in the arguments. */
export function screenPlan({ program, url, password, session, directory, env }: ScreenOptions): ProcessPlan {
  return {
    program,
    args: ['attach', url, '--session', session, '--dir', directory],
    env: { ...env, OPENCODE_SERVER_PASSWORD: password, OPENCODE_SERVER_USERNAME: USER_NAME },
    cwd: directory,
  }
}

/** Whether the screen shows its prompt, or a dialog in the place of it. */
export function isScreenReady(lines: readonly string[]): boolean {
  return lines.some((line) => /ctrl\+p commands|esc interrupt|enter (?:confirm|submit)|esc dismiss/.test(line))
}
