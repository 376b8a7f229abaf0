const pasteStart = '\x1b[200~'
const pasteEnd = '\x1b[201~'
const unfinished = /\x1b(\[[0-9;?]*)?$/
const otherKeys = /\x1b\[[0-9;?]*[A-Za-z~]/g

/** Who gets what a person types. */
export interface KeyReceiver {
  /** One character as it was typed; arrow and function keys are left out. */
  readonly key: (character: string) => void
  /** A whole bracketed paste. */
  readonly paste: (text: string) => void
}

/** Splits raw terminal input into keys and bracketed pastes; the marks may be cut anywhere between two calls. */
export function createKeyInput(receiver: KeyReceiver): (data: string) => void {
  let pasted: string | undefined
  let pending = ''
  return (data) => {
    let rest = pending + data
    pending = unfinished.exec(rest)?.[0] ?? ''
    rest = rest.slice(0, rest.length - pending.length)
    while (rest !== '') {
      const mark = pasted === undefined ? pasteStart : pasteEnd
      const at = rest.indexOf(mark)
      const before = at < 0 ? rest : rest.slice(0, at)
      rest = at < 0 ? '' : rest.slice(at + mark.length)
      if (pasted === undefined) for (const character of before.replace(otherKeys, '')) receiver.key(character)
      else pasted += before
      if (at < 0) return
      if (pasted !== undefined) receiver.paste(pasted)
      pasted = pasted === undefined ? '' : undefined
    }
  }
}
