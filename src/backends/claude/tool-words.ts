import type { JsonObject } from '../../core/json.ts'
import { textOf } from './hooks.ts'

const VERBS: Readonly<Record<string, string>> = {
  Read: 'reading',
  Write: 'writing',
  Edit: 'editing',
  MultiEdit: 'editing',
  NotebookEdit: 'editing',
}

const PHRASES: Readonly<Record<string, string>> = {
  Glob: 'searching files',
  Grep: 'searching files',
  LS: 'listing files',
  WebSearch: 'searching the web',
  WebFetch: 'reading the web',
  Agent: 'starting a subagent',
  Task: 'starting a subagent',
  TodoWrite: 'planning',
  TaskCreate: 'planning',
  TaskUpdate: 'planning',
  BashOutput: 'reading a background command',
  AskUserQuestion: 'asking a question',
  ExitPlanMode: 'presenting a plan',
}

/** What an agent does while it uses a tool, in a few words: `running npm`, `editing src/a.ts`. */
export function toolWords(tool: string, input: JsonObject, workDir: string): string {
  if (tool === 'Bash') return `running ${programIn(textOf(input['command']) ?? '')}`
  const path = textOf(input['file_path']) ?? textOf(input['notebook_path']) ?? textOf(input['path'])
  const verb = VERBS[tool]
  if (verb !== undefined && path !== undefined) return `${verb} ${shortPath(path, workDir)}`
  const phrase = PHRASES[tool]
  if (phrase !== undefined) return phrase
  const [, server, name] = /^mcp__(.+?)__(.+)$/.exec(tool) ?? []
  return server === undefined ? `using ${tool === '' ? 'a tool' : tool}` : `using ${server} ${name}`
}

/** A path as the operator knows it: relative to where the agent works. */
export function shortPath(path: string, workDir: string): string {
  const base = workDir.endsWith('/') ? workDir : `${workDir}/`
  return path.startsWith(base) ? path.slice(base.length) : path
}

const LEAD = /^(?:\s*(?:cd\s+\S+|export\s+\S+)\s*(?:&&|;)|\s*[A-Za-z_]\w*=\S*\s|\s*(?:sudo|time|env|exec)\s)+/

function programIn(command: string): string {
  const word = /\S+/.exec(command.replace(LEAD, ''))?.[0] ?? 'a command'
  return word.split('/').at(-1) ?? word
}
