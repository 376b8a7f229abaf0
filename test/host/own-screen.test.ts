import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Agent, Backend } from '../../src/backends/backend.ts'
import type { Client } from '../../src/client/client.ts'
import type { SessionId } from '../../src/core/ids.ts'
import { eventually } from '../harness/eventually.ts'
import { createStandIn, type StandIn } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

const SMALL = { cols: 60, rows: 12 }
const LARGE = { cols: 90, rows: 30 }

/** A stand-in whose own screen runs this script: `env` has the session's directory as TMPDIR. */
function withOwnScreen(script: string): StandIn {
  const standIn = createStandIn('transcript')
  const backend: Backend = {
    ...standIn.backend,
    async open(request, port): Promise<Agent> {
      const agent = await standIn.backend.open(request, port)
      return {
        ...agent,
        ownScreen: {
          plan: () => ({
            program: '/bin/sh',
            args: ['-c', script],
            env: { ...request.env, TMPDIR: request.directory },
            cwd: request.workDir,
          }),
          isReady: (lines) => lines.some((line) => line.includes('own-screen')),
        },
      }
    },
  }
  return { ...standIn, backend }
}

const startOwnScreens = (script = 'echo own-screen; exec cat') => startStandInHost({ standIn: withOwnScreen(script) })

/** A room with this session in focus, once its pane shows the agent's own screen. */
async function focusedRoom(host: StandInHost, id: SessionId, size = SMALL): Promise<Client> {
  const room = await host.connect()
  room.onPictures(() => room.drawn())
  room.setPanes([{ id, size, isFocused: true }])
  await room.focus(id, size)
  await eventually('the own screen', () => room.picture(id)?.surface === 'live')
  return room
}

function textOf(room: Client, id: SessionId): string {
  const cells = room.picture(id)?.grid.cells ?? new Uint32Array()
  return String.fromCodePoint(...cells.filter((_, index) => index % 3 === 0).map((word) => word & 0x1fffff))
}

function sizeOf(room: Client, id: SessionId): string {
  const grid = room.picture(id)?.grid
  return `${grid?.cols}x${grid?.rows}`
}

async function typed(room: Client, id: SessionId, word: string): Promise<void> {
  room.type(id, Buffer.from(`${word}\r`))
  await eventually(`"${word}" on the own screen`, () => textOf(room, id).includes(word))
  expect(room.picture(id)?.surface).toBe('live')
}

test.each([
  ['leaves focus', (room: Client, id: SessionId) => room.blur(id)],
  ['loses its link', (room: Client) => room.close()],
] as const)('a room that %s takes the own screen from no other one, and gives back its size', async (_, leave) => {
  await using host = await startOwnScreens()
  const { id } = await host.spawn('toast')
  const first = await focusedRoom(host, id)
  const second = await focusedRoom(host, id, LARGE)
  await eventually('the size of the latest room', () => sizeOf(first, id) === '90x30')
  leave(second, id)
  await eventually('the size of the room that stays', () => sizeOf(first, id) === '60x12')
  await typed(first, id, 'still-here')
  first.blur(id)
  await eventually('the transcript', () => first.picture(id)?.surface === 'transcript')
})

test('a room that leaves while the own screen opens takes no keys from another one', async () => {
  await using host = await startOwnScreens('until [ -e go ]; do sleep 0.05; done; echo own-screen; exec cat')
  const { id } = await host.spawn('toast')
  const [first, second] = [await host.connect(), await host.connect()]
  first.onPictures(() => first.drawn())
  first.setPanes([{ id, size: SMALL, isFocused: true }])
  await first.focus(id, SMALL)
  first.type(id, Buffer.from('typed-early\r'))
  await second.focus(id, LARGE)
  second.blur(id)
  await second.listSessions()
  writeFileSync(join(host.running.workDir, 'go'), '')
  await eventually('the keys on the own screen', () => textOf(first, id).includes('typed-early'))
  expect(first.picture(id)?.surface).toBe('live')
})

test('an own screen that somebody has open is not ended for others, however many there are', async () => {
  await using host = await startOwnScreens()
  const { id } = await host.spawn('toast')
  const first = await focusedRoom(host, id)
  const second = await host.connect()
  for (const name of ['nux', 'ace', 'rust', 'slit']) {
    const other = await host.spawn(name)
    await second.focus(other.id, LARGE)
    second.blur(other.id)
  }
  await second.listSessions()
  await typed(first, id, 'still-here')
})

test('what an own screen unpacks is gone when it ends, by itself or because others were used since', async () => {
  await using host = await startOwnScreens('echo x > "$TMPDIR/library"; echo own-screen; read -r line')
  const { id, agent } = await host.spawn('toast')
  const unpacked = (directory: string): number =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('library')).length
  const room = await focusedRoom(host, id)
  expect(unpacked(agent.request.directory)).toBe(1)
  room.type(id, Buffer.from('\r'))
  await eventually('the own screen has ended', () => room.picture(id)?.surface === 'transcript')
  expect(readdirSync(agent.request.directory)).toEqual([])

  await room.focus(id, SMALL)
  await eventually('the own screen again', () => room.picture(id)?.surface === 'live')
  expect(unpacked(agent.request.directory)).toBe(1)
  room.blur(id)
  for (const name of ['nux', 'ace', 'rust']) await room.focus((await host.spawn(name)).id, SMALL)
  await eventually('nothing is left', () => readdirSync(agent.request.directory).length === 0)
})
