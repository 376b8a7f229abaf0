import type { MountChrome } from './chrome.tsx'

/**
 * Loads Ink, once, with full colour, whatever the operator's terminal can show: key colours must reach the compositor, which
 * reduces all colours to what the terminal has. The environment is as before afterwards.
 */
export function loadChrome(): Promise<MountChrome> {
  loaded ??= load()
  return loaded
}

let loaded: Promise<MountChrome> | undefined

async function load(): Promise<MountChrome> {
  const before = { FORCE_COLOR: process.env['FORCE_COLOR'], COLORTERM: process.env['COLORTERM'] }
  process.env['FORCE_COLOR'] = '3'
  process.env['COLORTERM'] = 'truecolor'
  try {
    return (await import('./chrome.tsx')).mountChrome
  } finally {
    restore('FORCE_COLOR', before.FORCE_COLOR)
    restore('COLORTERM', before.COLORTERM)
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
