import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** A real `opencode serve` on a free loopback port. */
export interface OpencodeServer extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** One API call in the server's directory; rejects on any status but 2xx, undefined for an empty answer. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** The bus events from now on; ends when the iterator is returned or the server stops. */
  readonly events: () => AsyncGenerator<{ readonly type: string; readonly properties: Record<string, unknown> }>
}

const answerWithinMs = 15_000
const killAfterMs = 4000

/** Starts the server and waits for its own word that it listens. Disposing kills it and waits for its end. */
export async function startOpencode(options: {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}): Promise<OpencodeServer> {
  const child = spawn('opencode', ['serve', '--hostname', '127.0.0.1', '--port', String(await freePort())], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const over = new AbortController()
  const url = await listeningUrl(createInterface(child.stdout))
  const request = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.any([over.signal, AbortSignal.timeout(answerWithinMs)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  return {
    url,
    pid: child.pid ?? 0,
    call: request,
    events: () => readEvents(`${url}/event`, over.signal),
    [Symbol.asyncDispose]: async () => {
      over.abort()
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      child.kill('SIGTERM')
      await closed
      clearTimeout(timer)
    },
  }
}

/** Its own choice for port 0 is always 4096: two servers in a row would share the client's pooled connections. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listeningUrl(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const url = /listening on (http:\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('opencode ended before it listened')
}

async function* readEvents(url: string, signal: AbortSignal) {
  const response = await fetch(url, { signal })
  const decoder = new TextDecoder()
  let pending = ''
  for await (const bytes of response.body ?? []) {
    const blocks = (pending + decoder.decode(bytes, { stream: true })).split('\n\n')
    pending = blocks.pop() ?? ''
    for (const block of blocks) yield JSON.parse(block.replace(/^data: ?/, ''))
  }
}
