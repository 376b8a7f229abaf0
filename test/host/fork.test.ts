import { expect, test } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { createStandIn } from '../harness/stand-in-backend.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

test('a fork is another session with the conversation of the first one, beside it', async () => {
  await using host = await startStandInHost()
  const { host: orchestrator, workDir } = host.running
  const toast = await host.spawn('toast', { role: 'mayor', args: ['--model', 'x'] })
  toast.agent.say({ type: 'identified', resumeId: 'conversation-1' })
  const id = await orchestrator.fork(toast.id, { prompt: 'now without the cache' })
  const forked = await orchestrator.getSession(id)
  expect(forked).toMatchObject({
    agentName: 'toast-fork',
    ...{ role: 'mayor', rig: 'demo', workDir, args: ['--model', 'x'], state: 'running' },
    origin: { id: toast.id, resumeId: 'conversation-1' },
  })
  expect(forked.resumeId).not.toBe('conversation-1')
  expect(toast.now()).toMatchObject({ state: 'running', resumeId: 'conversation-1' })
  const { agent } = await host.spawn('other')
  expect(agent.request.forkOf).toBeUndefined()
  expect(await orchestrator.getSession(await orchestrator.fork(toast.id))).toMatchObject({ agentName: 'toast-fork-2' })
})

test('the agent of a fork is told of which conversation it is a copy, also when it is started again', async () => {
  const standIn = createStandIn()
  await using host = await startStandInHost({ standIn })
  const { host: orchestrator } = host.running
  const toast = await host.spawn('toast')
  toast.agent.say({ type: 'identified', resumeId: 'conversation-1' })
  const id = await orchestrator.fork(toast.id, { agentName: 'nux', prompt: 'now without the cache' })
  expect(standIn.agent().request).toMatchObject({ id, forkOf: 'conversation-1', isResume: false })
  await eventually('its first prompt', () => standIn.agent().texts.includes('now without the cache'))
  await orchestrator.terminateSession(id)
  await orchestrator.resume(id)
  expect(standIn.agent().request).toMatchObject({ id, forkOf: 'conversation-1', isResume: true })
})
