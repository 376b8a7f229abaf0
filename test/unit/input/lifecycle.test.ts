import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { type EndReason, installLifecycle } from '../../../src/ui/terminal/lifecycle.ts'
import { createManualClock } from './manual-clock.ts'

function install() {
  const calls: string[] = []
  const reasons: EndReason[] = []
  const clock = createManualClock()
  const process = Object.assign(new EventEmitter(), {
    pid: 4711,
    kill: (pid: number, signal: string) => calls.push(`kill ${pid} ${signal}`),
    exit: (code: number) => calls.push(`exit ${code}`),
  })
  const lifecycle = installLifecycle({
    process,
    restore: () => calls.push('restore'),
    enter: () => calls.push('enter'),
    repaint: () => calls.push('repaint'),
    onEnd: (reason) => {
      calls.push('end')
      reasons.push(reason)
    },
    schedule: clock.schedule,
  })
  return { calls, reasons, clock, process, lifecycle }
}

test.each(['SIGTERM', 'SIGHUP', 'SIGINT'])('%s restores the terminal and then ends the program itself', (signal) => {
  const { calls, reasons, process } = install()
  process.on(signal, () => calls.push('somebody else listens'))
  process.emit(signal)
  expect(calls).toEqual(['restore', 'end', `kill 4711 ${signal}`, 'somebody else listens'])
  expect(process.listenerCount(signal)).toBe(0)
  expect(reasons).toEqual([{ kind: 'signal', signal }])
})

test.each(['uncaughtException', 'unhandledRejection'])('%s restores the terminal before it is reported', (event) => {
  const { calls, reasons, process } = install()
  const error = new Error('defect')
  process.emit(event, error)
  expect(calls).toEqual(['restore', 'end', 'exit 70'])
  expect(reasons).toEqual([{ kind: 'crash', error }])
})

test('any exit restores the terminal', () => {
  const { calls, process } = install()
  process.emit('exit')
  expect(calls).toEqual(['restore'])
})

test('suspend gives the terminal back, stops the group, and takes the terminal again when continued', () => {
  const { calls, clock, process, lifecycle } = install()
  lifecycle.suspend()
  lifecycle.suspend()
  expect(calls).toEqual(['restore', 'kill 0 SIGTSTP'])
  process.emit('SIGCONT')
  clock.runAll()
  expect(calls.slice(2)).toEqual(['enter', 'repaint'])
  expect(clock.delays()).toEqual([])
})

test('a room that nothing can stop comes back by itself', () => {
  const { calls, clock, lifecycle } = install()
  lifecycle.suspend()
  clock.runAll()
  expect(calls).toEqual(['restore', 'kill 0 SIGTSTP', 'enter', 'repaint'])
})

test('continued after somebody else stopped it, everything is set anew', () => {
  const { calls, clock, process } = install()
  process.emit('SIGCONT')
  clock.runAll()
  expect(calls).toEqual(['restore', 'enter', 'repaint'])
})

test('a suspended room that is continued to be ended does not take the terminal again', () => {
  const { calls, clock, process, lifecycle } = install()
  lifecycle.suspend()
  process.emit('SIGCONT')
  process.emit('SIGTERM')
  clock.runAll()
  expect(calls.slice(2)).toEqual(['restore', 'end', 'kill 4711 SIGTERM'])
})

test('nothing listens after dispose', () => {
  const { process, lifecycle, clock } = install()
  lifecycle.suspend()
  lifecycle.dispose()
  expect(process.eventNames()).toEqual([])
  expect(clock.delays()).toEqual([])
})
