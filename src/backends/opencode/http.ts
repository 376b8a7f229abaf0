import { ControlError } from '../../core/errors.ts'

/** The user name that the server expects beside its password. */
export const USER_NAME = 'opencode'

const REQUEST_WITHIN_MS = 10_000

/** More than any conversation holds, and less than what would end this process. */
const LONGEST_ANSWER_BYTES = 128 * 1024 * 1024

/** What a call may say beyond method and path. */
export interface CallOptions {
  /** Absolute directory that the call is about; without it the server would use its own. */
  readonly directory?: string
  readonly body?: unknown
  readonly timeoutMs?: number
}

/** The server's API. Every failure is a `backend.failed` whose data holds the HTTP `status`, when there was an answer. */
export interface Client {
  readonly url: string
  /** The parsed answer; undefined for an empty one. */
  call(method: 'GET' | 'POST' | 'PATCH', path: string, options?: CallOptions): Promise<unknown>
  /** The body of an answer that does not end by itself; `withinMs` bounds only the time until it begins. */
  stream(
    path: string,
    options: { readonly signal: AbortSignal; readonly withinMs: number },
  ): Promise<AsyncIterable<Uint8Array>>
}

/** A client of the server at `url`. The password travels in a header only. */
export function createClient(options: { readonly url: string; readonly password: string }): Client {
  const credentials = Buffer.from(`${USER_NAME}:${options.password}`).toString('base64')
  const authorization = `Basic ${credentials}`
  return {
    url: options.url,
    call: async (method, path, { directory, body, timeoutMs = REQUEST_WITHIN_MS } = {}) => {
      const address = new URL(path, options.url)
      if (directory !== undefined) address.searchParams.set('directory', directory)
      const what = `${method} ${path}`
      const { status, text } = await guarded(what, async () => {
        const response = await fetch(address, {
          method,
          // The password goes where it was meant for, and no further.
          redirect: 'error',
          headers: { authorization, 'content-type': 'application/json' },
          signal: AbortSignal.timeout(timeoutMs),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        return { status: response.status, text: await textOf(response) }
      })
      if (status >= 400) throw failed(`${what}: ${status} ${messageIn(text)}`, status)
      return text === '' ? undefined : parse(what, text)
    },
    stream: async (path, { signal, withinMs }) => {
      const begin = new AbortController()
      const timer = setTimeout(() => begin.abort(new Error(`no answer within ${withinMs} ms`)), withinMs)
      const response = await guarded(`GET ${path}`, () =>
        fetch(new URL(path, options.url), {
          redirect: 'error',
          headers: { authorization, accept: 'text/event-stream' },
          signal: AbortSignal.any([signal, begin.signal]),
        }),
      ).finally(() => clearTimeout(timer))
      if (!response.ok || response.body === null) throw failed(`GET ${path}: ${response.status}`, response.status)
      return response.body
    },
  }
}

/** Whether the server answered that the thing does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ControlError && error.data['status'] === 404
}

/** Whether the call may or may not have reached the server: there was no answer at all. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ControlError && error.data['status'] === undefined
}

async function guarded<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw failed(`${what}: ${reasonOf(error)}`, undefined)
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > LONGEST_ANSWER_BYTES) throw new Error('the answer does not end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return error.cause instanceof Error ? error.cause.message : error.message
}

function failed(detail: string, status: number | undefined): ControlError {
  return new ControlError('backend.failed', {
    backend: 'opencode',
    detail,
    ...(status === undefined ? {} : { status }),
  })
}

function parse(what: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A page instead of JSON: an older or a different program listens there.
    throw failed(`${what}: the answer is not JSON`, undefined)
  }
}

/** The server's own words inside an error body. */
function messageIn(text: string): string {
  try {
    const body = JSON.parse(text) as { message?: unknown; data?: { message?: unknown } }
    return String(body.data?.message ?? body.message ?? text).slice(0, 300)
  } catch {
    // Plain text is shown as it is.
    return text.slice(0, 300)
  }
}
