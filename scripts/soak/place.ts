import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchHost, startBenchHost } from '../../bench/rooms.ts'
import { opencodeEnvironment } from '../../src/demo/agents/environment.ts'
import type { ModelMoment } from '../../src/demo/model/server.ts'
import { type Lab, startLab } from '../../test/harness/lab.ts'
import { type HookRelay, startHookRelay } from './hook-relay.ts'

/** Where a soak happens: a host of its own, the scripted model, and a relay that can lose hooks. */
export interface Place extends AsyncDisposable {
  readonly lab: Lab
  readonly host: BenchHost
  readonly hooks: HookRelay
  /** Calls back with what the model sees of the agent with this conversation. */
  readonly onMoment: (conversation: string, listener: (moment: ModelMoment) => void) => void
  /** The process of the Opencode server; undefined while there is none. */
  readonly opencodeServer: () => number | undefined
}

/** Commands that need no permission, so that tools can also just run. */
export const FREE = 'sleep'

/** Opens it. Disposing ends everything that was started and removes all files. */
export async function openPlace(): Promise<Place> {
  const listeners = new Map<string, (moment: ModelMoment) => void>()
  const lab = await startLab({ model: { watch: (moment) => listeners.get(moment.session)?.(moment) } })
  const hooks = await startHookRelay()
  wrapClaude(lab, hooks.port)
  const host = await startBenchHost({ ...lab.env, ...opencodeRules(lab), CLAUDE_CODE_MAX_RETRIES: '2' })
  return {
    lab,
    host,
    hooks,
    onMoment: (conversation, listener) => void listeners.set(conversation, listener),
    opencodeServer: () => serverIn(join(host.site.state, 'backends/opencode/server.json')),
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]()
      hooks.close()
      await lab[Symbol.asyncDispose]()
    },
  }
}

/** Puts a program in the place of `claude` that sends its hooks through the relay and then is the real one, with the same pid. */
function wrapClaude({ folder, programs }: Lab, relayPort: number): void {
  const file = join(folder, 'bin/claude')
  const address = `s#http://127.0.0.1:\\([0-9]*\\)/#http://127.0.0.1:${relayPort}/\\1/#g`
  const script = `#!/bin/sh
for each; do
  [ "$before" = --settings ] && sed -i '${address}' "$each"
  before=$each
done
exec '${programs.claude}' "$@"
`
  rmSync(file)
  writeFileSync(file, script)
  chmodSync(file, 0o755)
}

function opencodeRules({ home, model }: Lab): Readonly<Record<string, string>> {
  const permission = { bash: { '*': 'ask', [`${FREE} *`]: 'allow' }, edit: 'ask' } as const
  return opencodeEnvironment({ home, modelUrl: model.url, permission })
}

function serverIn(file: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }).pid
  } catch {
    // Not written yet.
    return undefined
  }
}
