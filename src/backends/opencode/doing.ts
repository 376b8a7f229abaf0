import { basename } from 'node:path'
import { shortLine } from '../../core/plain-text.ts'
import type { Part, ToolPart } from './bus-event.ts'

const LONGEST = 100

/** What an agent is doing, in words for the operator, told by the newest piece of its work; undefined when that says nothing. */
export function doingOf(part: Part): string | undefined {
  if (part.kind === 'thought') return 'thinking'
  if (part.kind === 'text') return part.isHidden ? undefined : 'streaming'
  if (part.state === 'completed' || part.state === 'error') return 'thinking'
  return shortLine(toolDoing(part), LONGEST)
}

/** A tool call in a few words: its name and what it is about. */
export function toolSubject({ input, title }: Pick<ToolPart, 'input' | 'title'>): string {
  const names = ['command', 'filePath', 'pattern', 'url', 'query', 'description', 'path', 'name']
  const value = names.map((name) => input[name]).find((each) => typeof each === 'string' && each !== '')
  return typeof value === 'string' ? value : title
}

function toolDoing(part: ToolPart): string {
  const subject = toolSubject(part)
  switch (part.tool) {
    case 'bash':
      return subject === '' ? 'running bash' : `running bash: ${subject}`
    case 'edit':
    case 'write':
    case 'patch':
    case 'apply_patch':
    case 'multiedit':
      return subject === '' ? 'editing' : `editing ${basename(subject)}`
    case 'read':
      return subject === '' ? 'reading' : `reading ${basename(subject)}`
    case 'task':
      return subject === '' ? 'starting a sub-agent' : `sub-agent: ${subject}`
    case 'question':
      return 'asking'
    default:
      return subject === '' ? `calling ${part.tool}` : `calling ${part.tool}: ${subject}`
  }
}
