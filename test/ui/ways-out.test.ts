import { expect, test } from 'vitest'
import { PLAIN_MODES } from '../../src/core/grid.ts'
import { addBackends, crowd, fleetBuilder } from '../harness/fleets.ts'
import { openLab } from './room-lab.ts'

test('quit gives the terminal back and lets go of every pane', async () => {
  const lab = await openLab({ builder: crowd(3) })
  await lab.press('z')
  expect(await lab.quit()).toBe('quit')
  expect(lab.written).toContain('\x1b[?1049h')
  expect(lab.written.endsWith('\x1b[?1049l\x1b[23;0t')).toBe(true)
  expect(lab.client.panes).toEqual([])
  expect(lab.client.calls.at(-1)?.[0]).toBe('blur')
})

test('stopping the host is asked first', async () => {
  const lab = await openLab({ builder: crowd(3) })
  await lab.press('Q')
  expect(lab.text()).toContain('Stop the host and end 3 sessions?')
  await lab.press('y')
  expect(await lab.closed).toBe('stop-host')
})

test('d leaves an empty room for the demo', async () => {
  const builder = fleetBuilder()
  addBackends(builder)
  const lab = await openLab({ builder })
  await lab.press('d')
  expect(await lab.closed).toBe('demo')
})

test('attached to a session the room opens in focus of it and closes when focus is left', async () => {
  const builder = crowd(4)
  const attach = Object.values(builder.fleet.sessions)[2]!.id
  const lab = await openLab({ builder, room: { attach } })
  expect(lab.marker?.focused).toBe(attach)
  await lab.press('q')
  expect(lab.client.typed).toEqual(['q'])
  await lab.press('\x1d')
  expect(await lab.closed).toBe('quit')
})

test('the modes of the focused agent hold for the terminal, and only while it is focused', async () => {
  const lab = await openLab({ builder: crowd(2) })
  const { id } = lab.client.panes[0]!
  lab.client.show(id, ['> '], { modes: { ...PLAIN_MODES, applicationCursor: true, mouse: 'any', mouseSgr: true } })
  await lab.settled()
  expect(lab.written).not.toContain('\x1b[?1h')
  await lab.press('\r')
  expect(lab.written).toContain('\x1b[?1h')
  expect(lab.written).toContain('\x1b[?1003h')
  await lab.press('\x1d')
  expect(lab.written.lastIndexOf('\x1b[?1l')).toBeGreaterThan(lab.written.lastIndexOf('\x1b[?1h'))
  await lab.quit()
})

test('pictures are acknowledged once they are on the screen', async () => {
  const lab = await openLab({ builder: crowd(2) })
  const drawn = () => lab.client.calls.filter(([call]) => call === 'drawn').length
  const { id } = lab.client.panes[0]!
  lab.client.show(id, ['one'])
  lab.client.show(id, ['two'])
  await lab.settled()
  expect(drawn()).toBe(1)
  expect(lab.text()).toContain('two')
  await lab.quit()
})
