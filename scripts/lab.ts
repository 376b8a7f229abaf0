/**
 * Runs a command (default: a shell) in a laboratory: a temporary home, the real agents on PATH, and the scripted model on loopback as
 * their provider. `npm run lab -- bash` is the place to try things by hand; everything is removed afterwards.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startLab } from '../test/harness/lab.ts'

const [program = 'bash', ...args] = process.argv.slice(2)
await using lab = await startLab()
const bin = join(import.meta.dirname, '../bin/signalbox.js')
const env = { ...lab.env, SIGNALBOX_STATE: join(lab.folder, 'state'), SIGNALBOX_BIN: bin }
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
const child = spawn(program, args, { stdio: 'inherit', cwd: lab.project, env })
const [code] = await once(child, 'exit')
await once(spawn(process.execPath, [bin, 'host', 'stop'], { stdio: 'ignore', env }), 'exit')
process.exitCode = typeof code === 'number' ? code : 1
