/**
 * The sequence that puts a text on the clipboard of the operator's terminal (OSC 52, xterm's ctlseqs), also through ssh.
 * Terminals that do not allow it ignore it.
 */
export function clipboardSequence(text: string): string {
  return `\x1b]52;c;${Buffer.from(text).toString('base64')}\x1b\\`
}
