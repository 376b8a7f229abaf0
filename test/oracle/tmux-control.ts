import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A connection to a tmux server over which commands are sent one after the other and answered in order. */
export interface TmuxControl {
  /** The lines that the command prints. Rejects with its message when it fails. */
  command(line: string): Promise<readonly string[]>
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (lines: readonly string[]) => void
  readonly reject: (error: Error) => void
}

const BEGIN = /^%begin (\d+ \d+)/

/** Connects in control mode; `args` begin with the server's own options and end with the first command. */
export async function openTmuxControl(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<TmuxControl> {
  const child = spawn('tmux', [...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const queue: Waiting[] = []
  const opened = expect(queue)
  listen(child, queue)
  await opened
  return {
    command(line) {
      const answered = expect(queue)
      child.stdin.write(`${line}\n`)
      return answered
    },
    async close() {
      const closed = once(child, 'close')
      child.stdin.end()
      await closed
    },
  }
}

function expect(queue: Waiting[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => queue.push({ resolve, reject }))
}

/** Answers stand between `%begin` and `%end` or `%error` of the same number; everything else is news that nobody asked for. */
function listen(child: ChildProcessWithoutNullStreams, queue: Waiting[]): void {
  let rest = ''
  let open: { readonly number: string; readonly lines: string[] } | undefined
  const take = (line: string): void => {
    if (open === undefined) {
      const number = BEGIN.exec(line)?.[1]
      if (number !== undefined) open = { number, lines: [] }
      return
    }
    const { number, lines } = open
    const isEnd = line.startsWith(`%end ${number} `)
    if (!isEnd && !line.startsWith(`%error ${number} `)) {
      lines.push(line)
      return
    }
    open = undefined
    const waiting = queue.shift()
    if (isEnd) waiting?.resolve(lines)
    else waiting?.reject(new Error(`tmux: ${lines.join('\n')}`))
  }
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
  let complaints = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    complaints += text
  })
  child.once('error', (error) => fail(queue, error))
  child.once('close', () => fail(queue, new Error(`tmux has gone: ${complaints}`)))
}

function fail(queue: Waiting[], error: Error): void {
  for (const { reject } of queue.splice(0)) reject(error)
}
