import { describe, expect, test } from 'vitest'
import { type PathSources, pathsFrom } from '../../../src/config/paths.ts'

function sources(env: PathSources['env'], platform: NodeJS.Platform = 'linux'): PathSources {
  return { env, homeDirectory: '/home/op', platform }
}

describe('paths', () => {
  test('the state directory is the first of three', () => {
    const of = (env: PathSources['env']) => pathsFrom(sources(env)).stateDirectory
    expect(of({ SIGNALBOX_STATE: '/s', XDG_STATE_HOME: '/x' })).toBe('/s')
    expect(of({ SIGNALBOX_STATE: '', XDG_STATE_HOME: '/x' })).toBe('/x/signalbox')
    expect(of({ XDG_STATE_HOME: 'relative' })).toBe('/home/op/.local/state/signalbox')
    expect(of({})).toBe('/home/op/.local/state/signalbox')
  })

  test('everything lies in it, under names of its own', () => {
    const { stateDirectory, ...files } = pathsFrom(sources({ SIGNALBOX_STATE: '/s' }))
    expect(stateDirectory).toBe('/s')
    for (const file of Object.values(files)) expect(file).toMatch(/^\/s\//)
    expect(new Set(Object.values(files)).size).toBe(Object.values(files).length)
  })

  test('a socket path that the system cannot take is refused, counted in bytes', () => {
    const directoryFor = (bytes: number) => `/${'x'.repeat(bytes - '/'.length - '/host.sock'.length)}`
    const socketOf = (bytes: number, platform: NodeJS.Platform) =>
      pathsFrom(sources({ SIGNALBOX_STATE: directoryFor(bytes) }, platform)).socket
    expect(Buffer.byteLength(socketOf(107, 'linux'))).toBe(107)
    expect(Buffer.byteLength(socketOf(103, 'darwin'))).toBe(103)
    expect(() => socketOf(108, 'linux')).toThrow(/108 bytes long and the system allows 107/)
    expect(() => socketOf(104, 'darwin')).toThrow(/104 bytes long and the system allows 103/)
    expect(() => pathsFrom(sources({ SIGNALBOX_STATE: `/${'é'.repeat(50)}` }, 'darwin'))).toThrow(/111 bytes/)
  })
})
