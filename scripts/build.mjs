import { readdirSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Chunks that a running program may still import are kept this long. */
const KEEP_OLD_CHUNKS_MS = 7 * 24 * 60 * 60 * 1000

const STAMP = '.built'

/** Whether dist/ is missing or older than what it is made from. Every start asks: looking without waiting takes a fifth of the time. */
export function isStale(root) {
  const built = changedAt(join(root, 'dist', STAMP))
  const files = ['package.json', 'scripts/build.mjs'].map((file) => changedAt(join(root, file)))
  return built === 0 || Math.max(newestChange(join(root, 'src')), ...files) > built
}

/**
 * Bundles src/main.ts into dist/. Chunks carry a hash in their names and main.js is renamed into place last, so a program that
 * starts, runs or builds at the same moment always finds one complete build.
 */
export async function buildProgram(root, { logLevel = 'silent' } = {}) {
  const startedAt = new Date()
  const [dist, work] = [join(root, 'dist'), join(root, '.cache', `build-${process.pid}-${startedAt.getTime()}`)]
  await mkdir(work, { recursive: true })
  try {
    await bundle(root, work, logLevel)
    await mkdir(dist, { recursive: true })
    const files = (await readdir(work)).filter((file) => file !== 'main.js')
    for (const file of [...files, 'main.js']) await rename(join(work, file), join(dist, file))
    await markBuilt(dist, startedAt)
    await removeOldChunks(dist, new Set(files))
    await forgetCompiledCode(root)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** What Node kept of earlier builds is never read again. */
async function forgetCompiledCode(root) {
  await rm(join(root, '.cache', 'compiled'), { recursive: true, force: true }).catch(() => {
    // Another process is writing there at this moment; the next build tries again.
  })
}

async function bundle(root, outdir, logLevel) {
  const esbuild = await import('esbuild')
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  try {
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: ['src/main.ts'],
      outdir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      chunkNames: 'chunk-[hash]',
      minify: false,
      legalComments: 'none',
      logLevel,
      external: ['node-pty'],
      plugins: [withoutDevtools, yogaWithoutFetch, ownStringWidth],
      define: {
        'process.env.NODE_ENV': '"production"',
        SIGNALBOX_VERSION: JSON.stringify(version),
      },
      // CommonJS dependencies inside an ES module still call require for Node's own modules.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'\nconst require = __createRequire(import.meta.url)",
      },
    })
  } finally {
    await esbuild.stop()
  }
}

/** Ink imports React's developer tools; they are not installed and would only be reached by its DEV switch. */
const withoutDevtools = inPlaceOf(
  'react-devtools-core',
  'export const initialize = () => {}\nexport const connectToDevTools = () => {}\nexport default { initialize, connectToDevTools }',
)

/** Ink measures texts by our own rules; see there. */
const ownStringWidth = inPlaceOf(
  'string-width',
  "export { stringWidth as default } from './src/ui/widgets/string-width.ts'",
)

/** Ink's layout engine is inlined, and would fetch itself: with fetch comes Node's whole HTTP client. */
const yogaWithoutFetch = {
  name: 'yoga-without-fetch',
  setup(build) {
    build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: `const fetch = undefined\n${await readFile(path, 'utf8')}`,
      loader: 'js',
    }))
  },
}

/** Bundles this module where a dependency imports a package. */
function inPlaceOf(name, contents) {
  return {
    name: `in-place-of-${name}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ path }) => ({ path, namespace: name }))
      build.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, resolveDir: join(import.meta.dirname, '..') }))
    },
  }
}

/** The stamp carries the time the build began: a source changed during the build makes it stale. */
async function markBuilt(dist, startedAt) {
  const stamp = join(dist, STAMP)
  await writeFile(stamp, '')
  await utimes(stamp, startedAt, startedAt)
}

async function removeOldChunks(dist, current) {
  for (const file of await readdir(dist)) {
    if (!file.startsWith('chunk-') || current.has(file)) continue
    const age = Date.now() - changedAt(join(dist, file))
    if (age > KEEP_OLD_CHUNKS_MS) await rm(join(dist, file), { force: true })
  }
}

/** The latest change below a folder; folders count, so that a removed file is noticed. */
function newestChange(folder) {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? newestChange(path) : changedAt(path)
  })
  return Math.max(changedAt(folder), ...times)
}

/** Milliseconds since the epoch; 0 for what is not there. */
function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = join(import.meta.dirname, '..')
  if (process.argv.includes('--clean')) await rm(join(root, 'dist'), { recursive: true, force: true })
  await buildProgram(root, { logLevel: 'warning' })
}
