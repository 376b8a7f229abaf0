import { type JsonObject, objectsIn } from '../../core/json.ts'
import type { ToolRequest } from './script.ts'

/** A call in the words of the agent that will carry it out. */
export interface ToolCall {
  readonly name: string
  readonly input: JsonObject
}

/** The names of the tools that a request body of either dialect offers. */
export function offeredTools(body: JsonObject): readonly string[] {
  return objectsIn(body['tools'])
    .map((tool) => tool['name'] ?? objectsIn([tool['function']])[0]?.['name'])
    .filter((name) => typeof name === 'string')
}

/** Translates a request for the agent whose tools are offered: Claude Code's names first, then Opencode's. */
export function toolCall(request: ToolRequest, offered: readonly string[]): ToolCall {
  const pick = (...names: readonly [string, ...string[]]) => names.find((name) => offered.includes(name)) ?? names[0]
  switch (request.kind) {
    case 'run':
      return {
        name: pick('Bash', 'bash'),
        input: { command: request.command, description: `Run ${request.command.slice(0, 40)}` },
      }
    case 'write': {
      const name = pick('Write', 'write')
      return { name, input: { [pathKey(name)]: request.path, content: request.text } }
    }
    case 'read': {
      const name = pick('Read', 'read')
      return { name, input: { [pathKey(name)]: request.path } }
    }
    case 'ask': {
      const name = pick('AskUserQuestion', 'question')
      const flag = name === 'question' ? {} : { multiSelect: false }
      const options = request.options.map(choice)
      return { name, input: { questions: [{ question: request.question, header: 'Question', options, ...flag }] } }
    }
    case 'task': {
      const name = pick('Agent', 'Task', 'task')
      const kind = name === 'task' ? 'general' : 'general-purpose'
      return { name, input: { description: 'Look into one part', prompt: request.script, subagent_type: kind } }
    }
    case 'named':
      return { name: request.name, input: request.input }
  }
}

function pathKey(tool: string): string {
  return tool === tool.toLowerCase() ? 'filePath' : 'file_path'
}

/** "Label: what it means" is an option with a description. */
function choice(option: string): { readonly label: string; readonly description: string } {
  const [label = option, ...description] = option.split(': ')
  return { label, description: description.join(': ') || `Choose ${label}` }
}
