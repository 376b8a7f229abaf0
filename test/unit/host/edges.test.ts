import { afterEach, describe, expect, test } from 'vitest'
import { agentEnvironment } from '../../../src/host/environment.ts'
import { exitText } from '../../../src/host/exit-text.ts'
import { type HookServer, startHookServer } from '../../../src/host/hook-server.ts'

describe('the environment of agents', () => {
  test('loses what npm, Node and signalbox added, and keeps the operator’s own', () => {
    const env = agentEnvironment({
      PATH: '/app/node_modules/.bin:/node_modules/.bin:/usr/lib/npm/node-gyp-bin:/home/me/bin:/usr/bin',
      HOME: '/home/me',
      ANTHROPIC_MODEL: 'mine',
      npm_lifecycle_event: 'start',
      npm_config_x: '1',
      NODE_OPTIONS: '--x',
      FORCE_COLOR: '3',
      SIGNALBOX_STATE: '/s',
      TMUX: '/tmp/t',
      CLAUDECODE: '1',
    })
    expect(env).toEqual({
      PATH: '/home/me/bin:/usr/bin',
      HOME: '/home/me',
      ANTHROPIC_MODEL: 'mine',
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
    })
  })
  test('a PATH that npm did not touch stays whole', () => {
    expect(agentEnvironment({ PATH: '/me/node_modules/.bin:/usr/bin' })['PATH']).toBe('/me/node_modules/.bin:/usr/bin')
  })
})

describe('exits', () => {
  test.each([
    ['ended by us', { code: undefined, signal: 'SIGTERM' }, true, 'terminated', false],
    ['ended by us, says its code', { code: 143, signal: undefined }, true, 'terminated', false],
    ['left by itself', { code: 0, signal: undefined }, false, 'exited', false],
    ['failed', { code: 3, signal: undefined }, false, 'exited with code 3', true],
    ['killed by someone', { code: undefined, signal: 'SIGKILL' }, false, 'ended by SIGKILL', true],
    ['failed while we ended it', { code: 1, signal: undefined }, true, 'exited with code 1', true],
  ])('%s', (_, exit, wasAsked, why, isFailure) => {
    expect(exitText(exit, wasAsked)).toEqual({ why, isFailure })
  })
})

describe('the hook server', () => {
  let server: HookServer | undefined
  afterEach(() => server?.close())

  test('answers who has the token of the channel, and nobody else', async () => {
    server = await startHookServer(() => undefined)
    const { channel, close } = server.open(async (body) => ({ echo: body['x'] }))
    const post = (headers: Readonly<Record<string, string>>, body: string): Promise<Response> =>
      fetch(channel.url, { method: 'POST', headers: { ...headers }, body })
    expect(await (await post(channel.headers, '{"x":1}')).json()).toEqual({ echo: 1 })
    expect((await post({}, '{}')).status).toBe(403)
    expect((await post({ authorization: 'Bearer wrong' }, '{}')).status).toBe(403)
    expect((await post(channel.headers, 'not json')).status).toBe(400)
    expect((await post(channel.headers, '[1]')).status).toBe(400)
    close()
    expect((await post(channel.headers, '{}')).status).toBe(403)
  })

  test('a held answer ends when the agent goes away', async () => {
    server = await startHookServer(() => undefined)
    const gone = Promise.withResolvers<void>()
    const called = Promise.withResolvers<void>()
    const { channel } = server.open((_, signal) => {
      called.resolve()
      signal.addEventListener('abort', () => gone.resolve())
      return new Promise(() => undefined)
    })
    const agent = new AbortController()
    const call = fetch(channel.url, {
      method: 'POST',
      headers: { ...channel.headers },
      body: '{}',
      signal: agent.signal,
    })
    await called.promise
    agent.abort()
    await expect(call).rejects.toThrow()
    await gone.promise
  })
})
