/** Texts that Claude Code takes for a wish to leave. */
const FAREWELLS: ReadonlySet<string> = new Set(['exit', 'quit', ':q', ':q!', ':wq', ':wq!'])

/** Characters nobody sees; the program takes them out and then wants a second Enter. Joiners inside emoji and words are kept. */
const UNSEEN = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu

/**
 * A text in the form in which Claude Code takes it as plain words. A first word with `/` would be a command, even behind spaces,
 * and so would `exit` alone: it is put in backticks. A leading `!` (shell) or `#` (memory) is kept off the edge by a space, and so
 * are a final backslash (a line break instead of Enter) and a final `@path` (a list of files that may eat the Enter). Line ends
 * become `\n`; control and invisible characters are left out.
 */
export function promptText(text: string): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(UNSEEN, '')
    .replace(/\s+$/, '')
  const quoted = FAREWELLS.has(clean.trim()) ? `\`${clean.trim()}\`` : clean.replace(/^\s*(\/\S*)/, '`$1`')
  const led = /^[!#]/.test(quoted) ? ` ${quoted}` : quoted
  return /\\$|(^|\s)@\S*$/.test(led) ? `${led} ` : led
}

/** What neither a screen nor a trip through the program keeps for certain: white space, joiners, accents, emoji. */
const UNCERTAIN = /\s|\p{M}|\p{Cf}|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}/gu

/** The mark that the program puts around a long text when it hands it to the model. */
const PASTE_TAG = /<\/?pasted_content\b[^>]*>/g

/** Two texts with the same key are the same prompt: it survives trimming, wrapping, indenting and being pasted. */
export function promptKey(text: string): string {
  const bare = text.replace(PASTE_TAG, '')
  const key = bare.replace(UNCERTAIN, '')
  // Nothing but emoji: then they count, without what changes their look.
  return key === '' ? bare.replace(/[^\p{Extended_Pictographic}\p{Regional_Indicator}]/gu, '') : key
}
