import { expect, test } from 'vitest'
import { loginUnit } from '../../../src/cli/login-unit.ts'

const unit = {
  command: ['/opt/my tools/node', '/opt/100%/signalbox.js', 'host-process'],
  env: { PATH: '/usr/bin:/home/me/$odd "bin"', SIGNALBOX_STATE: '/home/me/<state>' },
}

test('a systemd unit takes every path as it is', () => {
  const lines = loginUnit('linux', unit).split('\n')
  expect(lines).toContain('ExecStart="/opt/my tools/node" "/opt/100%%/signalbox.js" "host-process"')
  expect(lines).toContain('Environment="PATH=/usr/bin:/home/me/$odd \\"bin\\""')
  expect(lines.filter((line) => /^\[.*\]$/.test(line))).toEqual(['[Unit]', '[Service]', '[Install]'])
})

test('a launch agent is well-formed, and says how to install it', () => {
  const text = loginUnit('darwin', unit)
  expect(text).toContain('<string>/opt/my tools/node</string>')
  expect(text).toContain('<key>SIGNALBOX_STATE</key><string>/home/me/&lt;state&gt;</string>')
  expect(text).toContain('launchctl load')
  const open = [...text.matchAll(/<(dict|array|plist)\b/g)].length
  expect([...text.matchAll(/<\/(dict|array|plist)>/g)]).toHaveLength(open)
})
