import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Import, Source } from './source-tree.ts'

/** A place where a rule is broken, as one line to read. */
export type Violation = string

/** Which layers a layer may import beside itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ['core'],
  wire: ['core'],
  backends: ['core'],
  host: ['core', 'wire', 'backends', 'config'],
  client: ['core', 'wire', 'config'],
  cli: ['core', 'client', 'config'],
  ui: ['core', 'client'],
  demo: ['core', 'client', 'config'],
  main: ['core', 'config', 'wire', 'backends', 'host', 'client', 'cli', 'ui', 'demo'],
}

/** Layers that main loads only for the verb that needs them. */
const LAZY = new Set(['backends', 'host', 'ui', 'demo'])

/** Packages that one layer keeps to itself. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  react: ['ui'],
  ink: ['ui'],
  zustand: ['ui'],
  commander: ['cli'],
  'node-pty': ['host'],
  '@xterm/headless': ['host', 'ui'],
}

/** Imports against the arrows, between backends, from nowhere, of a package outside its home; early loading by main. */
export function checkImports(source: Source, root: string): readonly Violation[] {
  return source.imports.flatMap((each) => {
    const { target } = each
    const isGone = target !== undefined && !(/\.tsx?$/.test(target) && existsSync(join(root, target)))
    const gone = isGone ? `imports ${target}, which is no source file` : undefined
    const problem = gone ?? (target === undefined ? packageProblem(source, each) : importProblem(source, target, each))
    return problem === undefined ? [] : [`${source.path}:${each.line} ${problem}`]
  })
}

function importProblem(source: Source, target: string, { isLazy, isTypeOnly }: Import): string | undefined {
  const [from, to] = [layerOf(source.path), layerOf(target)]
  if (from === 'main' && LAZY.has(to) && !isLazy && !isTypeOnly) return `main must import ${target} lazily`
  if (from !== to && ARROWS[from]?.includes(to) !== true) return `${from} may not import ${to} (${target})`
  const [one, other] = [backendOf(source.path), backendOf(target)]
  if (from === 'backends' && other !== undefined && one !== other)
    return `backends may not import each other (${target})`
  return undefined
}

function packageProblem(source: Source, { specifier }: Import): string | undefined {
  const layer = layerOf(source.path)
  if (layer === 'core') return `core is pure and may not import ${specifier}`
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
  const homes = HOMES[name]
  return homes === undefined || homes.includes(layer) ? undefined : `only ${homes.join(' and ')} may import ${name}`
}

/** `core` for `src/core/ids.ts`, `main` for a file at the top. */
function layerOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'src' && parts.length > 2 ? (parts[1] ?? '') : 'main'
}

function backendOf(path: string): string | undefined {
  return /^src\/backends\/([^/]+)\//.exec(path)?.[1]
}

/** Every cycle of imports once, as `a → b → a`. */
export function findCycles(sources: readonly Source[]): readonly Violation[] {
  const targets = new Map(
    sources.map(({ path, imports }) => [path, [...new Set(imports.flatMap(({ target }) => target ?? []))]]),
  )
  const done = new Set<string>()
  const cycles: Violation[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) {
      cycles.push([...trail.slice(at), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of targets.keys()) visit(path, [])
  return cycles
}

const VAGUE = new Set(['utils', 'util', 'types', 'services', 'helpers', 'common', 'misc', 'index'])

/** Names that are not kebab-case or say nothing. */
export function checkName({ path }: Source): readonly Violation[] {
  const parts = path.split('/').map((part) => part.replace(/(\.d)?\.tsx?$/, ''))
  const vague = parts.filter((part) => VAGUE.has(part)).map((part) => `${path} "${part}" says nothing`)
  const odd = parts.filter((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))
  return [...vague, ...odd.map((part) => `${path} "${part}" is not kebab-case`)]
}
