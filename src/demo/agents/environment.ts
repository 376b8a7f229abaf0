import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>

/** Where an agent lives and which model it talks to. */
export interface AgentPlace {
  /** An absolute folder that stands in for the user's home. */
  readonly home: string
  /** The base of the scripted model, without a trailing slash. */
  readonly modelUrl: string
  /** Whether Opencode keeps the project as it was before each step, for its undo: half of a step's cost. Left out, it does not. */
  readonly hasSnapshots?: boolean
}

type Rule = 'ask' | 'allow' | 'deny'

/** What Opencode does before a tool runs; by pattern of the command where it is not the same for all. */
export type OpencodePermission = Readonly<Record<string, Rule | Readonly<Record<string, Rule>>>>

const scriptedModel = {
  tool_call: true,
  limit: { context: 128_000, output: 8192 },
  cost: { input: 1, output: 2 },
}

/** What lets Claude Code start without account, dialog or network; the home must have been prepared. */
export function claudeEnvironment({ home, modelUrl }: AgentPlace): Environment {
  return {
    HOME: home,
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_AUTH_TOKEN: 'scripted-model',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }
}

/** What lets Opencode start without account or network. By default it asks before it edits or runs anything. */
export function opencodeEnvironment({
  home,
  modelUrl,
  hasSnapshots = false,
  permission = { bash: 'ask', edit: 'ask' },
}: AgentPlace & { readonly permission?: OpencodePermission }): Environment {
  const config = {
    autoupdate: false,
    share: 'disabled',
    snapshot: hasSnapshots,
    model: 'scripted/main',
    small_model: 'scripted/small',
    enabled_providers: ['scripted'],
    permission,
    provider: {
      scripted: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Scripted',
        options: { baseURL: `${modelUrl}/v1`, apiKey: 'scripted-model' },
        models: {
          main: { name: 'Scripted Model', ...scriptedModel },
          small: { name: 'Scripted Small', ...scriptedModel },
        },
      },
    },
  }
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_SHARE: '1',
  }
}

/** One environment in which both agents run from the same home. */
export function agentEnvironment(place: AgentPlace): Environment {
  return { ...claudeEnvironment(place), ...opencodeEnvironment(place) }
}

/**
 * Writes what the agents look for in a new home, so that neither shows a dialog or asks the network: Claude Code's
 * record of a finished introduction, with the `trusted` absolute folders (and all below them), an author for git, and
 * the record of Opencode's plugin package.
 */
export async function prepareHome(home: string, options: { readonly trusted: readonly string[] }): Promise<void> {
  const projects = Object.fromEntries(options.trusted.map((folder) => [folder, { hasTrustDialogAccepted: true }]))
  const seed = { hasCompletedOnboarding: true, theme: 'dark', projects }
  await mkdir(home, { recursive: true })
  await writeFile(join(home, '.claude.json'), JSON.stringify(seed))
  await writeFile(join(home, '.gitconfig'), gitConfig)
  await noteOpencodePlugin(join(home, '.config/opencode'))
}

/**
 * Opencode gets the package that plugins are written with from the registry when nothing says that it is there, and is busy with it for
 * many seconds. Nothing here has plugins.
 */
async function noteOpencodePlugin(folder: string): Promise<void> {
  const noted = { dependencies: { '@opencode-ai/plugin': '*' } }
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(noted))
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': noted } }))
}

const gitConfig = `[user]
\tname = Demo
\temail = demo@localhost
[init]
\tdefaultBranch = main
`
