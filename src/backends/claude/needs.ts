import { type JsonObject, objectOf, objectsIn } from '../../core/json.ts'
import type { NeedDraft, NeedOption, NeedQuestion } from '../../core/need.ts'
import { type PermissionRequest, textOf } from './hooks.ts'
import { shortPath } from './tool-words.ts'

/** Names and places a request that a hook's body does not hold. */
export interface RequestPlace {
  readonly key: string
  readonly callId: string | undefined
  readonly workDir: string
}

/** The request in the body of a PermissionRequest hook. */
export function readRequest(body: JsonObject, { key, callId, workDir }: RequestPlace): PermissionRequest {
  const tool = textOf(body['tool_name']) ?? ''
  const input = objectOf(body['tool_input'])
  const suggestions = objectsIn(body['permission_suggestions'])
  const subagent = textOf(body['agent_id'])
  const request = { key, tool, input, suggestions, subagent, callId }
  return { ...request, need: needOf(request, workDir) }
}

function needOf(request: Omit<PermissionRequest, 'need'>, workDir: string): NeedDraft {
  if (request.tool === 'AskUserQuestion') return questionNeed(request)
  const { key, tool, input } = request
  const always = alwaysWords(request.suggestions, workDir)
  const asker = request.subagent === undefined ? '' : ' (a subagent)'
  const common = { key, title: `${tool}${asker}`, options: [], answers: answersOf(always) }
  const given = always === undefined ? {} : { always }
  if (tool === 'ExitPlanMode') {
    const body = textOf(input['plan']) ?? 'It wants to leave plan mode; the plan is on its screen.'
    return { ...common, ...given, kind: 'plan', title: 'Plan', body }
  }
  return { ...common, ...given, kind: 'permission', body: bodyOf(tool, input, workDir) }
}

function answersOf(always: string | undefined): NeedDraft['answers'] {
  return always === undefined ? ['allow', 'deny'] : ['allow', 'always', 'deny']
}

function bodyOf(tool: string, input: JsonObject, workDir: string): string {
  const command = textOf(input['command'])
  if (tool === 'Bash' && command !== undefined) return command
  const path = textOf(input['file_path']) ?? textOf(input['notebook_path'])
  if (path === undefined) return textOf(input['url']) ?? describe(input)
  const edits = input['edits'] === undefined ? [input] : objectsIn(input['edits'])
  const diff = edits.flatMap((edit) => [
    ...marked('-', textOf(edit['old_string'])),
    ...marked('+', textOf(edit['new_string']) ?? textOf(edit['content']) ?? textOf(edit['new_source'])),
  ])
  return [shortPath(path, workDir), ...diff].join('\n')
}

function marked(mark: string, text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return []
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${mark} ${line}`)
}

function describe(input: JsonObject): string {
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n')
}

function questionNeed({ key, input }: Omit<PermissionRequest, 'need'>): NeedDraft {
  const raw = objectsIn(input['questions'])
  const questions = raw.map(oneQuestion)
  const [first] = questions
  const common = { key, kind: 'question', title: 'Question' } as const
  if (first === undefined) return { ...common, body: '', options: [], answers: ['deny'] }
  if (questions.length > 1) {
    const body = questions.map(wholeQuestion).join('\n\n')
    return { ...common, body, options: [], questions, answers: ['options', 'deny'] }
  }
  const { title, body, options } = first
  if (!first.isMulti) return { ...common, title, body, options, answers: ['option', 'text', 'deny'] }
  return { ...common, title, body, options, questions, answers: ['option', 'options', 'text', 'deny'] }
}

function oneQuestion(question: JsonObject): NeedQuestion {
  return {
    title: textOf(question['header']) ?? 'Question',
    body: textOf(question['question']) ?? '',
    options: optionsOf(question),
    isMulti: question['multiSelect'] === true,
    takesText: true,
  }
}

function wholeQuestion({ body, options }: NeedQuestion): string {
  return [body, ...options.map((option) => `  - ${option.label}`)].join('\n')
}

function optionsOf(question: JsonObject): readonly NeedOption[] {
  return objectsIn(question['options']).map((option, at) => {
    const detail = textOf(option['description'])
    const label = textOf(option['label']) ?? ''
    return { key: String(at + 1), label, ...(detail === undefined || detail === '' ? {} : { detail }) }
  })
}

const SCOPES: Readonly<Record<string, string>> = {
  session: 'for this session',
  localSettings: 'in this project, for you',
  projectSettings: 'in this project, for everyone',
  userSettings: 'in every project',
}

/** What "always" would allow, in words; undefined when the agent suggests nothing. */
export function alwaysWords(suggestions: readonly JsonObject[], workDir: string): string | undefined {
  const words = suggestions
    .map((suggestion) => suggestionWords(suggestion, workDir))
    .filter((each) => each !== undefined)
  return words.length === 0 ? undefined : words.join(', and ')
}

function suggestionWords(suggestion: JsonObject, workDir: string): string | undefined {
  const scope = SCOPES[textOf(suggestion['destination']) ?? ''] ?? ''
  const what = suggestedThing(suggestion, workDir)
  return what === undefined ? undefined : `${what} ${scope}`.trim()
}

function suggestedThing(suggestion: JsonObject, workDir: string): string | undefined {
  switch (suggestion['type']) {
    case 'addRules':
      return objectsIn(suggestion['rules'])
        .map((rule) => {
          const content = textOf(rule['ruleContent'])
          return content === undefined ? textOf(rule['toolName']) : `${textOf(rule['toolName'])} ${content}`
        })
        .join(', ')
    case 'addDirectories': {
      const directories = Array.isArray(suggestion['directories']) ? suggestion['directories'].map(String) : []
      return `access to ${directories.map((path) => (path === workDir ? 'this directory' : path)).join(', ')}`
    }
    case 'setMode':
      return suggestion['mode'] === 'acceptEdits'
        ? 'file edits and common file commands'
        : `${textOf(suggestion['mode'])} mode`
    default:
      return undefined
  }
}
