import { afterEach, describe, expect, test } from 'vitest'
import { messageId, type SessionId } from '../../src/core/ids.ts'
import { advanceReceipt, type Message, queuedReceipt } from '../../src/core/message.ts'
import { type FleetBuilder, fleetBuilder, START } from '../harness/fleets.ts'
import { type Lab, openLab } from './room-lab.ts'

let lab: Lab

afterEach(async () => {
  await lab.press('\x1b')
  await lab.quit()
})

function message(builder: FleetBuilder, to: SessionId | string, about: Partial<Message> = {}): Message {
  const id = messageId(`M${Object.keys(builder.fleet.deliveries).length}`)
  const base = {
    id,
    from: 'operator',
    to,
    type: 'nudge',
    body: 'run the tests',
    sentAt: START,
    mode: 'boundary',
  } as const
  const full = { ...base, priority: 0, threadId: id, ...about }
  builder.apply({ type: 'message.queued', message: full })
  return full
}

describe('the mailbox', () => {
  test('opens at what was given up, says why, and sends it again', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    const lost = message(builder, id, { body: 'lost words' })
    message(builder, id, { body: 'waiting words' })
    const receipt = advanceReceipt(queuedReceipt(lost), { status: 'failed', at: START, error: 'the session ended' })
    builder.apply({ type: 'message.advanced', receipt })
    lab = await openLab({ builder })
    await lab.press('m')
    expect(lab.text()).toContain('given up 1')
    expect(lab.text()).toMatch(/failed +nudge +operator +api\/toast +lost words/)
    expect(lab.text()).toContain('the session ended')
    expect(lab.text()).not.toContain('waiting words')
    const again = { ...receipt, id: messageId('M9'), status: 'queued' as const }
    const resent: string[] = []
    lab.client.resendMessage = async (which) => {
      resent.push(which)
      return again
    }
    await lab.press('R')
    expect(resent).toEqual([lost.id])
  })

  test('after a broadcast it shows each recipient with where its message is and why, and takes back what waits', async () => {
    const builder = fleetBuilder()
    const [toast, nux, slit] = ['toast', 'nux', 'slit'].map((name) => builder.session(name)) as [
      SessionId,
      SessionId,
      SessionId,
    ]
    builder.apply({ type: 'session.paused', id: nux, why: 'by the operator' })
    lab = await openLab({ builder })
    await lab.press('b')
    await lab.press('commit what you have')
    await lab.press('\r')
    const sent = Object.values(builder.fleet.deliveries)
    expect(sent.map(({ message: { to } }) => to).sort()).toEqual([toast, nux, slit].sort())
    const seen = sent.find(({ message: { to } }) => to === toast)!
    await lab.publish(
      builder.apply({ type: 'message.advanced', receipt: advanceReceipt(seen.receipt, { status: 'seen', at: START }) }),
    )
    expect(lab.text()).toContain('3 messages: 2 queued   1 seen')
    expect(lab.text()).toContain('m see or take back')
    await lab.press('\r')
    expect(lab.text()).toMatch(/FOCUS +Ctrl\+\] leave focus +keys go to api\/toast +3 messages: 2 queued/)
    expect(lab.text()).not.toContain('m see or take back')
    await lab.press('\x1d')
    await lab.press('m')
    expect(lab.text()).toContain('waiting 2')
    expect(lab.text()).toMatch(/queued +broadcast +operator +api\/nux +commit what you have/)
    expect(lab.text()).toMatch(/queued +broadcast +operator +api\/slit +commit what you have/)
    const waiting = sent.filter(({ message: { to } }) => to !== toast)
    const cancelled: string[] = []
    lab.client.cancelMessage = async (id) => {
      cancelled.push(id)
      return { ...waiting[0]!.receipt, id, status: 'cancelled' }
    }
    const isNux = () => lab.text().includes('the session is paused')
    if (!isNux()) await lab.press('j')
    expect(isNux()).toBe(true)
    await lab.press('x')
    expect(cancelled).toEqual([waiting.find(({ message: { to } }) => to === nux)!.message.id])
  })

  test('takes back what still waits, and only that', async () => {
    const builder = fleetBuilder()
    const waiting = message(builder, builder.session('toast'))
    lab = await openLab({ builder })
    const cancelled: string[] = []
    lab.client.cancelMessage = async (which) => {
      cancelled.push(which)
      return { ...queuedReceipt(waiting), status: 'cancelled' }
    }
    await lab.press('m')
    expect(lab.text()).toContain('x take back')
    await lab.press('x')
    expect(cancelled).toEqual([waiting.id])
    const receipt = advanceReceipt(queuedReceipt(waiting), { status: 'cancelled', at: START })
    await lab.publish(builder.apply({ type: 'message.advanced', receipt }))
    expect(lab.text()).toContain('Nothing here.')
    await lab.press('x')
    expect(cancelled).toHaveLength(1)
  })

  test('shows mail by conversation, reads it whole and acknowledges it', async () => {
    const builder = fleetBuilder()
    builder.session('toast')
    const first = message(builder, 'api/toast', {
      type: 'mail',
      from: 'mayor/',
      subject: 'release',
      body: 'Is it done?',
    })
    message(builder, 'mayor/', {
      type: 'mail',
      from: 'api/toast',
      body: 'Not yet.',
      threadId: first.id,
      replyTo: first.id,
    })
    lab = await openLab({ builder })
    await lab.press('m')
    await lab.press('\t')
    await lab.press('\t')
    expect(lab.text()).toMatch(/mayor\/ +api\/toast +release: Is it done\?/)
    expect(lab.text()).toMatch(/api\/toast +mayor\/ +Not yet\./)
    await lab.press('k')
    await lab.press('a')
    expect(lab.client.calls).toContainEqual(['acknowledge', first.id, 'operator'])
    await lab.press('\r')
    expect(lab.text()).toContain('mail from mayor/ to api/toast')
  })
})
