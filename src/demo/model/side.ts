import { isObject, type JsonObject, objectsIn } from '../../core/json.ts'
import { lastPrompt, oneLine, readTurns } from './conversation.ts'

/** A request that an agent makes on its own, beside the conversation. */
export interface SideAnswer {
  readonly kind: 'quota' | 'structured' | 'title' | 'summary'
  readonly text: string
}

/** How Claude Code asks for a summary: with all its tools on offer, none of which may be used. */
const COMPACTION = /^\s*CRITICAL: Respond with TEXT ONLY/

/** The answer to a quota probe, title, summary or structured request; undefined for a turn of the conversation. */
export function sideAnswer(body: JsonObject): SideAnswer | undefined {
  if (COMPACTION.test(lastPrompt(readTurns(body)))) return summaryOf(body)
  if (objectsIn(body['tools']).length > 0) return undefined
  if (body['max_tokens'] === 1) return { kind: 'quota', text: 'ok' }
  const title = titleOf(body)
  const schema = schemaOf(body)
  if (schema !== undefined) return { kind: 'structured', text: JSON.stringify(fill(schema, title)) }
  const system = systemText(body)
  const wantsJson = /json/i.test(JSON.stringify(body['system'] ?? ''))
  if (/\btitle\b/i.test(system)) return { kind: 'title', text: wantsJson ? JSON.stringify({ title }) : title }
  const asks = `${system}\n${lastPrompt(readTurns(body))}`
  if (/summar/i.test(asks) && /compact|conversation|detailed|anchored/i.test(asks)) {
    return summaryOf(body)
  }
  return undefined
}

function summaryOf(body: JsonObject): SideAnswer {
  return { kind: 'summary', text: `<summary>Worked on: ${titleOf(body)}. Nothing is left open.</summary>` }
}

function systemText(body: JsonObject): string {
  const messages = objectsIn(body['messages']).filter((message) => message['role'] === 'system')
  return `${JSON.stringify(body['system'] ?? '')}\n${JSON.stringify(messages)}`
}

/** A title as a person would give it: the first words of the request, without script words. */
function titleOf(body: JsonObject): string {
  const lines = lastPrompt(readTurns(body))
    .replace(/<[^>]*>/g, ' ')
    .trim()
    .split('\n')
  const text = oneLine((lines.at(-1) ?? '').replace(/["'`;|{}]|\b[A-Z]{3,}\b|\b\d+(\.\d+)?\b/g, ' '), 200)
  const words = text.split(' ').slice(0, 6).join(' ')
  return words === '' ? 'New work' : `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`
}

function schemaOf(body: JsonObject): JsonObject | undefined {
  const config = body['output_config']
  const format = isObject(config) ? config['format'] : (body['output_format'] ?? body['response_format'])
  if (!isObject(format)) return undefined
  const schema = format['schema'] ?? (isObject(format['json_schema']) ? format['json_schema']['schema'] : undefined)
  return isObject(schema) ? schema : undefined
}

function fill(schema: JsonObject, title: string): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const type = isObject(property) ? property['type'] : 'string'
      if (type === 'boolean') return [name, true]
      if (type === 'number' || type === 'integer') return [name, 1]
      return [name, type === 'array' ? [] : title]
    }),
  )
}
