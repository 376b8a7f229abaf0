import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadUserSettings } from '../../../src/config/load-user-settings.ts'
import { parseSettings } from '../../../src/config/settings-file.ts'
import { ControlError } from '../../../src/core/errors.ts'
import { temporaryDirectory } from '../../harness/temporary.ts'
import { settingsFiles, USER_SETTINGS } from '../corpora.ts'
import { mutatedText } from '../mutations.ts'
import { createTarget, type FuzzTarget } from '../target.ts'

/** Settings of a town or rig: settings with warnings, or the declared error with a line of the file. */
export function settingsTarget(): FuzzTarget {
  const open = () => ({
    attempt: (text: string) => expectDeclared(text, () => parseSettings('config.json', text)),
  })
  return createTarget({ name: 'town and rig settings', share: 4, input: mutatedText(settingsFiles()), open })
}

/** The operator's own settings, read from a file as the program does. */
export function userSettingsTarget(): FuzzTarget {
  const open = () => {
    const folder = temporaryDirectory()
    const file = join(folder.path, 'settings.json')
    return {
      attempt(text: string) {
        writeFileSync(file, text)
        expectDeclared(text, () => loadUserSettings(file))
      },
      close: () => folder[Symbol.dispose](),
    }
  }
  return createTarget({ name: "the operator's settings", share: 1, input: mutatedText(USER_SETTINGS), open })
}

function expectDeclared(text: string, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof ControlError) || error.code !== 'config.invalid') throw error
    const line = Number(error.data['line'])
    if (!(line >= 1 && line <= text.split('\n').length)) throw new Error(`line ${line} is not in the file`)
  }
}
