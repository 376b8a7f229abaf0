import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ModelMoment, type ModelRequest, type ModelServer, startModel } from '../../../src/demo/model/server.ts'

let model: ModelServer
let log: ModelRequest[]
let moments: ModelMoment[]
let logged: () => void

beforeEach(async () => {
  log = []
  moments = []
  logged = () => undefined
  model = await startModel({
    log: (record) => {
      log.push(record)
      logged()
    },
    watch: (moment) => moments.push(moment),
  })
})
afterEach(() => model.close())

const tools = [{ name: 'Bash' }]
const paths = { anthropic: '/v1/messages?beta=true', openai: '/v1/chat/completions' }
type Dialect = keyof typeof paths

function ask(dialect: Dialect, content: string, options: { stream?: boolean; signal?: AbortSignal } = {}) {
  const { stream = true, signal = null } = options
  const body = JSON.stringify({ model: 'm', stream, tools, messages: [{ role: 'user', content }] })
  return fetch(model.url + paths[dialect], { method: 'POST', body, signal })
}

interface SeenEvent {
  readonly type: string
  readonly index?: number
  readonly content_block?: { readonly type: string }
  readonly delta?: { readonly type?: string; readonly partial_json?: string; readonly stop_reason?: string }
}

async function events(response: Response): Promise<readonly SeenEvent[]> {
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'))
  return lines.map((line) => JSON.parse(line.slice(6)))
}

test('the Messages stream opens and closes each block in order', async () => {
  const seen = await events(await ask('anthropic', 'THINK 0 ;; SAY on it ;; PAR RUN ls || RUN pwd'))
  const kinds = seen.map((event) => event.content_block?.type ?? event.type)
  expect(kinds).toEqual([
    ...['message_start', 'ping', 'thinking', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
    ...['text', 'content_block_delta', 'content_block_stop'],
    ...['tool_use', 'content_block_delta', 'content_block_stop'],
    ...['tool_use', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop'],
  ])
  expect(seen.filter((event) => event.type === 'content_block_stop').map((event) => event.index)).toEqual([0, 1, 2, 3])
  expect(seen.find((event) => event.delta?.type === 'input_json_delta')?.delta?.partial_json).toContain(
    '"command":"ls"',
  )
  expect(seen.at(-2)?.delta?.stop_reason).toBe('tool_use')
})

test('the chat-completions stream carries text, calls, usage and its end mark', async () => {
  const response = await ask('openai', 'USAGE 9000 ;; SAY on it ;; RUN ls')
  const text = await response.text()
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  const chunks = text.split('\n').filter((line) => line.startsWith('data: {'))
  const seen = chunks.map((line) => JSON.parse(line.slice(6)))
  expect(seen.some((chunk) => chunk.choices[0]?.delta.content === 'on it')).toBe(true)
  expect(seen.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])).toMatchObject([
    { index: 0, function: { name: 'Bash', arguments: expect.stringContaining('ls') } },
  ])
  expect(seen.at(-1).usage.prompt_tokens).toBe(9000)
})

test('answers that are not streamed', async () => {
  const message = await (await ask('anthropic', 'SAY whole', { stream: false })).json()
  expect(message).toMatchObject({ content: [{ type: 'text', text: 'whole' }], stop_reason: 'end_turn' })
  const completion = await (await ask('openai', 'SAY whole', { stream: false })).json()
  expect(completion).toMatchObject({ choices: [{ message: { content: 'whole' }, finish_reason: 'stop' }] })
})

test.each(['anthropic', 'openai'] as const)(
  '%s: FAIL answers its status so many times, then goes on',
  async (dialect) => {
    const statuses = []
    for (let time = 0; time < 3; time += 1) statuses.push((await ask(dialect, 'FAIL 529 2 ;; SAY at last')).status)
    expect(statuses).toEqual([529, 529, 200])
  },
)

test.each(['anthropic', 'openai'] as const)('%s: a stream breaks off by an error or by a cut', async (dialect) => {
  expect(JSON.stringify(await events(await ask(dialect, 'MIDFAIL')))).toContain('overloaded')
  const cut = await ask(dialect, 'DROP 1 ;; SAY whole')
  await expect(cut.text()).rejects.toThrow()
  expect(await (await ask(dialect, 'DROP 1 ;; SAY whole')).text()).toContain('whole')
})

test('failAll fails every conversation until it is taken back', async () => {
  model.setMode({ failAll: 429 })
  const refused = await ask('anthropic', 'SAY no')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } })
  model.setMode({})
  expect((await ask('anthropic', 'SAY yes')).status).toBe(200)
})

test('small requests: HEAD, token counts, models, unknown routes', async () => {
  expect((await fetch(model.url, { method: 'HEAD' })).status).toBe(200)
  const counted = await fetch(`${model.url}/v1/messages/count_tokens`, { method: 'POST', body: '{"messages":[]}' })
  expect(await counted.json()).toEqual({ input_tokens: 1 })
  expect((await fetch(`${model.url}/v1/models`)).status).toBe(200)
  expect((await fetch(`${model.url}/nothing`)).status).toBe(404)
  expect((await fetch(model.url + paths.openai, { method: 'POST', body: 'not json' })).status).toBe(200)
})

test('a client that goes away stops its stream, and the record says so', async () => {
  const over = new Promise<void>((resolve) => {
    logged = resolve
  })
  const client = new AbortController()
  const response = await ask('anthropic', 'SLOW 3000', { signal: client.signal })
  await response.body?.getReader().read()
  client.abort()
  await over
  expect(log).toMatchObject([{ dialect: 'anthropic', prompt: 'SLOW 3000', status: 200, outcome: 'gone' }])
  expect(model.requests()).toEqual(log)
})

test('closing ends open streams, silent hangs and idle sockets at once', async () => {
  const streaming = await ask('openai', 'SLOW 3000')
  const hanging = ask('anthropic', 'HANG 3000').catch(() => 'ended')
  const idle = connect(model.port, '127.0.0.1')
  await once(idle, 'connect')
  const idleClosed = once(idle, 'close')
  idle.on('error', () => undefined)
  await model.close()
  await expect(streaming.text()).rejects.toThrow()
  expect(await hanging).toBe('ended')
  await idleClosed
  await expect(fetch(model.url)).rejects.toThrow()
})

test('tells each moment as it happens: asked, failed, answered with its calls', async () => {
  const script = 'FAIL 529 1 ;; RUN ls'
  await (await ask('anthropic', script)).text()
  expect(moments).toMatchObject([
    { type: 'asked', prompt: script, side: undefined },
    { type: 'failed', status: 529 },
  ])
  moments.length = 0
  await (await ask('anthropic', script)).text()
  expect(moments.map(({ type, calls }) => [type, calls])).toEqual([
    ['asked', []],
    ['answered', ['Bash']],
  ])
})

test('tells of an answer that broke off, and of an agent that went away', async () => {
  await (await ask('openai', 'MIDFAIL 1')).text()
  expect(moments.at(-1)?.type).toBe('cut')
  const away = new AbortController()
  const gone = new Promise<void>((resolve) => {
    logged = resolve
  })
  await ask('openai', 'SLOW 60', { signal: away.signal })
  away.abort()
  await gone
  expect(moments.at(-1)?.type).toBe('gone')
})

test('remembers what was said in a conversation, and answers a request for its summary', async () => {
  await (await ask('anthropic', 'SAY one')).text()
  expect(model.heard('')).toEqual(['SAY one'])
  const summary = await (await ask('anthropic', 'CRITICAL: Respond with TEXT ONLY. Write a summary.')).text()
  expect(summary).toContain('<summary>')
  expect(moments.at(-1)).toMatchObject({ type: 'answered', side: 'summary' })
  expect(model.heard('')).toEqual(['SAY one'])
})
