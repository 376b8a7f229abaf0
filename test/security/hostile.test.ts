import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { plainText } from '../../src/core/plain-text.ts'
import { eventually } from '../harness/eventually.ts'
import { createRepository } from '../harness/repository.ts'
import { startRoom } from '../harness/room.ts'
import { openSite, type Ran, type Site } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

/** Stands in everything that must not get out. */
const MARK = 'STOLEN'

/** What a program may print to reach for the terminal around it; all of it in one text. */
const HOSTILE = [
  `\x1b]0;${MARK} NEEDS YOU\x07\x1b]2;${MARK}\x1b\\`,
  `\x1b]52;c;${Buffer.from(MARK).toString('base64')}\x07\x1b]52;p;?\x07`,
  `\x1b]8;;http://${MARK}\x07link\x1b]8;;\x07\x1b]7;file://${MARK}\x07\x1b]1337;File=name=${MARK}\x07`,
  `\x1b]9;${MARK}\x07\x1b]777;notify;${MARK};${MARK}\x07\x1b]99;;${MARK}\x1b\\`,
  `\x1b]4;1;#${MARK}\x07\x1b]10;?\x07\x1b]11;?\x07\x1b]104\x07\x1b]133;A\x07`,
  `\x1bP+q${MARK}\x1b\\\x1bP1$r${MARK}\x1b\\\x1bPtmux;\x1b\x1b]0;${MARK}\x07\x1b\\`,
  `\x1b_G${MARK}\x1b\\\x1b^${MARK}\x1b\\\x1bX${MARK}\x1b\\`,
  `\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[?1004h\x1b[>31u\x1b[?25l\x1b[5 q\x1b[20t\x1b[21t\x1b[6n\x1b[c\x1b[>q`,
  `\x1b[${'9'.repeat(5000)}m\x1b[${'1;'.repeat(5000)}m\x1b[999999999C\x1b[999999999S\x1b[2;1r\x1bc`,
  `\u202eright\u202c \u2066iso\u2069 z\u200bw\ufeff \x9b31m\x9d0;${MARK}\x9c \x90${MARK}\x9c`,
  `\x1b]0;${MARK}${'x'.repeat(200_000)}`,
].join('')

/** Sequences that the room itself writes: CSI, and its own title and marks as OSC. */
const CSI = /\x1b\[[0-?]*[ -/]*[@-~]/g

async function printing(site: Site, name: string, text: string): Promise<void> {
  const file = join(site.folder, `${name}.out`)
  writeFileSync(file, text)
  await site.shell(name, 'sh', '-c', `cat '${file}'; printf '\\033\\\\\\r\\nlast of ${name}\\r\\n'; exec cat`)
}

/** What a terminal would obey in the output of a verb. */
function obeyed({ stdout, stderr }: Ran): string {
  const text = stdout + stderr
  return plainText(text) === text ? '' : JSON.stringify(text)
}

describe('a session that prints everything a terminal obeys', () => {
  test('reaches nothing outside of its own pane: not the terminal, not the chrome, not the output of verbs', async () => {
    await using site = await openSite()
    await printing(site, 'evil', HOSTILE)
    await using room = await startRoom({ site })
    await room.seeText('last of evil')
    for (const view of ['g', 'z', 'v']) {
      room.press(view)
      await room.seeText('last of evil')
    }
    room.press('enter')
    await room.seeText('FOCUS')
    room.press('ctrl+]')
    await room.see('focus is left', (screen) => !screen.has('FOCUS'))
    await room.quit()
    const bytes = Buffer.from(room.written(), 'latin1').toString('utf8')
    const strings = bytes.match(/\x1b[\]PX^_][^\x07\x1b]*/g) ?? []
    expect(strings.filter((each) => each.includes(MARK) || !each.startsWith('\x1b]'))).toEqual([])
    expect(strings.filter((each) => /^\x1b\](?:4|7|8|9|10|11|52|99|104|133|777|1337);/.test(each))).toEqual([])
    const rest = bytes.replace(CSI, '').replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '')
    expect(rest.match(/[\u0080-\u009f\u200b\ufeff\u202a-\u202e\u2066-\u2069]/gu)).toBeNull()
    expect(bytes.match(/\x1b\[[0-9;]{300,}/)).toBeNull()

    const [session] = (await site.json('agents')) as { readonly need: unknown; readonly why: string }[]
    expect(session).toMatchObject({ need: null, why: expect.not.stringContaining(MARK) })
    const verbs = [['agents'], ['peek', 'evil'], ['explain', 'evil'], ['events', 'evil']]
    const runs = [...verbs, ...verbs.map((verb) => [...verb, '--json'])]
    const printed = await Promise.all(runs.map(async (run) => [run.join(' '), obeyed(await site.run(...run))]))
    expect(printed.filter(([, what]) => what !== '')).toEqual([])
    const { stdout } = await site.run('peek', 'evil', '--ansi')
    expect(plainText(stdout.replace(/\x1b\[[\d;:]*m/g, ''))).toBe(stdout.replace(/\x1b\[[\d;:]*m/g, ''))
  })
})

describe('a hostile repository', () => {
  const NAME = `--upload-pack=x\x1b]0;${MARK}\x07\u202eevil $(touch ran) '"`

  test('with a name like an option and a command is just a directory, and with settings like a program runs nothing', async () => {
    await using site = await openSite()
    const { directory, git, write } = createRepository(join(site.project, NAME))
    git(['checkout', '--quiet', '-b', '\u202e-evil$(touch$IFS$9ran)`touch$IFS$9ran`;x'])
    const ran = join(site.folder, 'ran')
    const settings = {
      type: 'rig-settings',
      version: 1,
      runtime: { provider: 'claude', command: './agent' },
      roles: { polecat: { worktree: true, set_up: `touch ${ran}-set-up` } },
    }
    write('settings/config.json', JSON.stringify(settings))
    write('agent', `#!/bin/sh\ntouch ${ran}-agent\n`)
    chmodSync(join(directory, 'agent'), 0o755)
    git(['add', '--force', '.'])
    git(['commit', '--quiet', '-m', 'hostile'])
    const start = (name: string, backend: string) =>
      site.run(
        ...['spawn', '--backend', backend, '--role', 'polecat', '--name', name, '--dir', directory],
        ...(backend === 'shell' ? ['--', 'cat'] : []),
      )

    const started = await start('one', 'shell')
    expect({ code: started.code, obeyed: obeyed(started) }).toEqual({ code: 0, obeyed: '' })
    expect(started.stderr).toMatch(/"runtime.command", "roles.polecat.set_up" are left out.*signalbox config trust/)
    expect((await start('two', 'claude')).code).not.toBe(0)
    const broken = createRepository(join(site.project, 'api\n/etc'))
    broken.write('settings/config.json', JSON.stringify({ ...settings, runtime: undefined }))
    const refused = await site.run(
      'spawn',
      '--backend',
      'shell',
      '--role',
      'polecat',
      '--dir',
      broken.directory,
      '--',
      'cat',
    )
    expect(refused.stderr).toContain('has a line break in it')
    const shown = await Promise.all(
      [
        ['config', 'show', directory],
        ['config', 'explain', 'polecat', directory],
        ['agents'],
        ['worktree', 'list'],
      ].map((verb) => site.run(...verb)),
    )
    expect(shown.map(obeyed)).toEqual(['', '', '', ''])
    expect([`${ran}-set-up`, `${ran}-agent`, join(directory, 'ran')].filter(existsSync)).toEqual([])

    const trusted = await site.run('config', 'trust', directory)
    expect({ code: trusted.code, obeyed: obeyed(trusted) }).toEqual({ code: 0, obeyed: '' })
    expect(trusted.stdout).toContain(`touch ${ran}-set-up`)
    await start('three', 'shell')
    expect(existsSync(`${ran}-set-up`)).toBe(true)
    await site.run('config', 'untrust', directory)
    expect((await site.run('config', 'show', directory)).stderr).toContain('are left out')
  })
})

describe('a program inside a session', () => {
  test('cannot approve, type, end, stop the host or trust settings; it may look and send mail', async () => {
    await using site = await openSite()
    const out = join(site.folder, 'told')
    const asked = [
      'answer agent allow',
      'stop agent --force',
      'host stop',
      'config trust .',
      'spawn --backend shell -- touch ran',
      'spawn --backend claude -- --dangerously-skip-permissions',
      'pool drain',
      'agents',
      'mail send agent hello',
    ]
    const lines = asked.map((line) => `signalbox ${line} >/dev/null 2>&1; echo "$? ${line}" >>'${out}'`)
    const script = join(site.folder, 'ask.sh')
    writeFileSync(script, `${lines.join('\n')}\necho end >>'${out}'\nexec cat\n`)
    await site.shell('agent', 'sh', script)
    const told = await eventually(
      'the program has asked for everything',
      () => {
        const text = existsSync(out) ? readFileSync(out, 'utf8') : ''
        return text.endsWith('end\n') && text.trimEnd().split('\n').slice(0, -1)
      },
      { deadlineMs: 45_000 },
    )
    expect(told).toEqual(asked.map((line) => `${line === 'agents' || line.startsWith('mail') ? 0 : 6} ${line}`))
    expect(existsSync(join(site.state, 'trusted-settings.json'))).toBe(false)
    expect((await site.json('agents')) as unknown[]).toMatchObject([{ agentName: 'agent', state: 'running' }])
  })
})
