import { render, Text, useInput } from 'ink'
import { createElement as h } from 'react'
import { expect, test, vi } from 'vitest'
import { asWriteStream, createVirtualTerminal } from '../../../src/ui/panes/virtual-terminal.ts'
import { createVirtualInput } from '../../../src/ui/terminal/virtual-input.ts'
import { bytesOf } from './manual-clock.ts'

function Keys({ onKey }: { readonly onKey: (name: string) => void }) {
  useInput((text, key) => onKey(key.upArrow ? 'up' : text))
  return h(Text, null, 'keys')
}

test('Ink gets the keys that are typed on the virtual keyboard', async () => {
  const input = createVirtualInput()
  const terminal = createVirtualTerminal(20, 4)
  const seen: string[] = []
  const ink = render(h(Keys, { onKey: (name) => seen.push(name) }), {
    stdin: input.stream,
    stdout: asWriteStream(terminal),
    patchConsole: false,
    interactive: true,
  })
  await ink.waitUntilRenderFlush()
  for (const key of ['a', '\x1b[A', 'é']) input.type(bytesOf(key))
  await vi.waitUntil(() => seen.length === 3, { timeout: 10_000, interval: 5 })
  expect(seen).toEqual(['a', 'up', 'é'])
  ink.unmount()
  input.dispose()
  terminal.dispose()
})
