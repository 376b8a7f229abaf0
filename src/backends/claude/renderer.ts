import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseObject } from '../../core/json.ts'

/** Variables by which an operator chooses how Claude Code draws. */
const CHOSEN_BY = ['CLAUDE_CODE_NO_FLICKER', 'CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN'] as const

/**
 * The setting that makes Claude Code draw on the main screen, where its conversation stays in the session's scrollback and a
 * small tile shows its last lines; nothing when the operator has chosen otherwise, by environment or in the settings of
 * `config`. See docs/decisions/0006-claude-inline.md.
 */
export async function rendererSettings(
  env: Readonly<Record<string, string>>,
  config: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (CHOSEN_BY.some((name) => env[name] !== undefined)) return {}
  const text = await readFile(join(config, 'settings.json'), 'utf8').catch(() => '{}')
  return parseObject(text)?.['tui'] === undefined ? { tui: 'default' } : {}
}
