import type { NeedDraft, NeedOption } from '../../core/need.ts'
import { objectOf, objectsOf, type PermissionRequest, textOf } from './hooks.ts'
import { shortPath } from './tool-words.ts'

type Json = Readonly<Record<string, unknown>>

/** Names and places a request that a hook's body does not hold. */
export interface RequestPlace {
  readonly key: string
  readonly callId: string | undefined
  readonly workDir: string
}

/** The request in the body of a PermissionRequest hook. */
export function readRequest(body: Json, { key, callId, workDir }: RequestPlace): PermissionRequest {
  const tool = textOf(body['tool_name']) ?? ''
  const input = objectOf(body['tool_input'])
  const suggestions = objectsOf(body['permission_suggestions'])
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

function bodyOf(tool: string, input: Json, workDir: string): string {
  const command = textOf(input['command'])
  if (tool === 'Bash' && command !== undefined) return command
  const path = textOf(input['file_path']) ?? textOf(input['notebook_path'])
  if (path === undefined) return textOf(input['url']) ?? describe(input)
  const edits = input['edits'] === undefined ? [input] : objectsOf(input['edits'])
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

function describe(input: Json): string {
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n')
}

function questionNeed({ key, input }: Omit<PermissionRequest, 'need'>): NeedDraft {
  const questions = objectsOf(input['questions'])
  const [first] = questions
  const isSimple = questions.length === 1 && first !== undefined
  const body = isSimple ? (textOf(first['question']) ?? '') : questions.map(wholeQuestion).join('\n\n')
  return {
    key,
    kind: 'question',
    title: (isSimple ? textOf(first['header']) : undefined) ?? 'Question',
    body,
    options: isSimple ? optionsOf(first) : [],
    answers: isSimple ? ['option', 'text', 'deny'] : ['deny'],
  }
}

function wholeQuestion(question: Json): string {
  const options = optionsOf(question).map((option) => `  - ${option.label}`)
  return [textOf(question['question']) ?? '', ...options].join('\n')
}

function optionsOf(question: Json): readonly NeedOption[] {
  return objectsOf(question['options']).map((option, at) => {
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
export function alwaysWords(suggestions: readonly Json[], workDir: string): string | undefined {
  const words = suggestions
    .map((suggestion) => suggestionWords(suggestion, workDir))
    .filter((each) => each !== undefined)
  return words.length === 0 ? undefined : words.join(', and ')
}

function suggestionWords(suggestion: Json, workDir: string): string | undefined {
  const scope = SCOPES[textOf(suggestion['destination']) ?? ''] ?? ''
  const what = suggestedThing(suggestion, workDir)
  return what === undefined ? undefined : `${what} ${scope}`.trim()
}

function suggestedThing(suggestion: Json, workDir: string): string | undefined {
  switch (suggestion['type']) {
    case 'addRules':
      return objectsOf(suggestion['rules'])
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
