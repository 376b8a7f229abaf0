#!/usr/bin/env node
// Starts signalbox under a Node that can run it. Plain JavaScript without dependencies: it must run on any Node from 20 on.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const WANTED_MAJOR = 24
const OLDEST_MAJOR = 22
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGCONT', 'SIGWINCH']

const file = fileURLToPath(import.meta.url)
const root = dirname(dirname(file))
const major = Number.parseInt(process.versions.node, 10)

/** The Node program that the checkout's own packages bring, when it is newer than the one that runs this. */
function findNewerNode() {
  const kind = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  for (const packageName of [`node-${kind}`, `node-bin-${kind}`]) {
    const folder = join(root, 'node_modules', packageName)
    const program = join(folder, 'bin', name)
    if (existsSync(program) && isNewer(join(folder, 'package.json'))) return program
  }
  return undefined
}

function isNewer(packageFile) {
  try {
    return Number.parseInt(JSON.parse(readFileSync(packageFile, 'utf8')).version, 10) > major
  } catch {
    // A package without a readable version is no candidate; the next one may be.
    return false
  }
}

/** Becomes the other Node where the system can do that, else runs it as a child and stands in for it. */
function runUnder(program) {
  const args = [...process.execArgv, file, ...process.argv.slice(2)]
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(program, [program, ...args], process.env)
  }
  const child = spawn(program, args, { stdio: 'inherit' })
  const forward = (signal) => child.kill(signal)
  for (const signal of FORWARDED) process.on(signal, forward)
  child.on('error', (error) => stopWith(`signalbox could not start ${program}: ${error.message}.`))
  child.on('exit', (code, signal) => {
    for (const each of FORWARDED) process.off(each, forward)
    if (signal === null) process.exit(code ?? 1)
    process.kill(process.pid, signal)
  })
}

function stopWith(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** Node's own "experimental" notices about the parts this file and the host build on say nothing to an operator. */
function silenceExperimentalNotices() {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning, ...rest) => {
    const text = String(warning)
    if (text.includes('SQLite is an experimental feature') || text.includes('process.execve is an experimental')) return
    emitWarning.call(process, warning, ...rest)
  }
}

/** In a checkout, makes dist/ when it is missing or older than the sources. */
async function buildIfStale() {
  if (!existsSync(join(root, 'src', 'main.ts'))) return
  const { buildProgram, isStale } = await import('../scripts/build.mjs')
  if (!isStale(root)) return
  try {
    await buildProgram(root)
  } catch (error) {
    const isMissing = error?.code === 'ERR_MODULE_NOT_FOUND'
    stopWith(
      isMissing ? 'signalbox is not installed yet: run `npm install` first.' : `The build failed: ${error?.message}`,
    )
  }
}

/** Whoever reads our output may leave: that ends us, but is no failure to report. */
function tolerateGoneReaders() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

/** Compiled code is kept beside the program: it then starts in half the time. Where that cannot be written it is not kept. */
function keepCompiledCode() {
  nodeModule.enableCompileCache?.(join(root, '.cache', 'compiled'))
}

async function start() {
  tolerateGoneReaders()
  await buildIfStale()
  keepCompiledCode()
  await import(pathToFileURL(join(root, 'dist', 'main.js')).href)
}

silenceExperimentalNotices()
const newer = major < WANTED_MAJOR ? findNewerNode() : undefined
if (newer !== undefined) runUnder(newer)
else if (major < OLDEST_MAJOR)
  stopWith(`signalbox needs Node ${OLDEST_MAJOR} or newer, and this is ${process.version}.`)
else await start()
