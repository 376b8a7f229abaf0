import type { Difference } from './our-screen.ts'

/** A way in which tmux and our screens are known to differ. */
export interface Explained {
  readonly id: string
  /** What a program does. */
  readonly what: string
  /** What each makes of it. */
  readonly ours: string
  readonly tmux: string
  readonly right: 'ours' | 'tmux' | 'neither'
  /** By which document, or whose behaviour. */
  readonly because: string
  /** Output that shows it on a screen of 12 × 4 cells, and the rows that we then show. */
  readonly example: string
  readonly rows: readonly string[]
  /** Whether it accounts for a cell, wherever it is. */
  readonly accountsFor?: (difference: Difference) => boolean
  /** Looks at recordings, as `recording, mark`, whose every difference it accounts for. */
  readonly looks?: readonly string[]
}

/** The size of the screen of every example. */
export const EXAMPLE_SIZE = { cols: 12, rows: 4 } as const

const CSI = '\x1b['
const BLUE = `${CSI}44m`
const blue = (columns: number): string => ' <default on palette:4>'.repeat(columns)

const SEQUENCE = /\ufe0f|\u200d|\u20e3|[\u{1f3fb}-\u{1f3ff}]|[\u{1f1e6}-\u{1f1ff}]/u

/** Every known difference. One that is not here fails the oracle. */
export const EXPLAINED: readonly Explained[] = [
  {
    id: 'emoji-sequences',
    what: 'emoji made of several characters: presentation selectors, skin tones, joiners, flags, keycaps',
    ours: 'one cell of two columns',
    tmux: 'the parts by themselves; a selector widens nothing; a cell holds 21 bytes',
    right: 'ours',
    because: 'Unicode UTS #51; the agents measure them as we do and place what follows by it',
    example: '⚠️|👍🏽|',
    rows: ['⚠️|👍🏽|', '', '', ''],
    accountsFor: ({ ours, leftOfOurs }) => SEQUENCE.test(ours) || (ours === '' && SEQUENCE.test(leftOfOurs)),
  },
  {
    id: 'repeat-any',
    what: 'REP after a character that is not ASCII',
    ours: 'it is repeated',
    tmux: 'nothing is repeated',
    right: 'ours',
    because: 'ECMA-48 8.3.103: the preceding graphic character',
    example: `─${CSI}3b`,
    rows: ['────', '', '', ''],
  },
  {
    id: 'repeat-wraps',
    what: 'REP beyond the last column',
    ours: 'goes on in the next row, as if it were typed',
    tmux: 'ends at the last column',
    right: 'ours',
    because: 'xterm',
    example: `${CSI}11Gx${CSI}3b`,
    rows: ['          xx', 'xx', '', ''],
  },
  {
    id: 'line-feed-at-the-edge',
    what: 'LF behind the last column, before the wrap that is due',
    ours: 'goes down; what follows is drawn in the last column',
    tmux: 'goes down and wraps then',
    right: 'ours',
    because: 'xterm: every movement of the cursor cancels the wrap',
    example: '123456789012\nx',
    rows: ['123456789012', '           x', '', ''],
  },
  {
    id: 'back-from-the-edge',
    what: 'CUB, BS and the like behind the last column, before the wrap that is due',
    ours: 'counts from the last column',
    tmux: 'counts from the column behind it',
    right: 'ours',
    because: 'DEC STD 070, xterm: the cursor is in the last column',
    example: `123456789012${CSI}Dx`,
    rows: ['1234567890x2', '', '', ''],
  },
  {
    id: 'wrap-scrolls-colour',
    what: 'a wrap in the last row while a background is set',
    ours: 'the row that comes in has that background',
    tmux: 'the row has the default background where nothing is written',
    right: 'ours',
    because: 'xterm: erasing uses the current background (bce in terminfo)',
    example: `${CSI}4;1H${BLUE}123456789012x`,
    rows: [
      '',
      '',
      [...'123456789012'].map((digit) => `${digit}<default on palette:4>`).join(''),
      `x<default on palette:4>${blue(11)}`,
    ],
  },
  {
    id: 'alternate-colour',
    what: 'entering the alternate screen while a background is set',
    ours: 'it is cleared to that background',
    tmux: 'it is cleared to the default',
    right: 'ours',
    because: 'xterm: mode 1049 clears as ED does',
    example: `${BLUE}${CSI}?1049h${CSI}m${CSI}2;1H${CSI}J`,
    rows: [blue(12), '', '', ''],
  },
  {
    id: 'one-saved-cursor',
    what: 'DECRC after the alternate screen was entered and left',
    ours: 'goes to where it was when the screen was entered: both save to one place',
    tmux: 'goes to where DECSC was',
    right: 'ours',
    because: 'xterm: 1049 saves as DECSC does',
    example: `${CSI}2;2H\x1b7${CSI}3;4H${CSI}?1049h${CSI}?1049l\x1b8x`,
    rows: ['', '', '   x', ''],
  },
  {
    id: 'insert-line-column',
    what: 'IL and DL',
    ours: 'the cursor goes to the first column',
    tmux: 'it stays in its column',
    right: 'ours',
    because: 'ECMA-48 8.3.67 (line home position), DEC STD 070',
    example: `abc${CSI}Lx`,
    rows: ['x', 'abc', '', ''],
  },
  {
    id: 'insert-line-outside',
    what: 'IL and DL above or below the scroll region',
    ours: 'nothing happens',
    tmux: 'lines move through the region',
    right: 'ours',
    because: 'DEC STD 070: no effect outside of the margins',
    example: `one\r\ntwo\r\nthree${CSI}2;3r${CSI}1;1H${CSI}L`,
    rows: ['one', 'two', 'three', ''],
  },
  {
    id: 'insert-more-than-half',
    what: 'ICH of more cells than are left to move',
    ours: 'as many blanks as asked for',
    tmux: 'fewer blanks, and what was there in between',
    right: 'ours',
    because: 'ECMA-48 8.3.64',
    example: `abcdefghij${CSI}2G${CSI}8@`,
    rows: ['a        bcd', '', '', ''],
  },
  {
    id: 'half-pushed-out',
    what: 'ICH and insert mode that push half of a wide character over the edge',
    ours: 'a blank',
    tmux: 'the character stays, half of it outside',
    right: 'ours',
    because: 'there is no room for it; xterm',
    example: `${CSI}11G漢${CSI}1G${CSI}@`,
    rows: ['', '', '', ''],
  },
  {
    id: 'half-erased',
    what: 'erasing, deleting or inserting in the middle of a wide character',
    ours: 'both halves are blank',
    tmux: 'the character stays though half of it was erased',
    right: 'ours',
    because: 'half a character cannot be drawn; xterm',
    example: `漢b${CSI}2G${CSI}X`,
    rows: ['  b', '', '', ''],
  },
  {
    id: 'half-overwritten',
    what: 'a character with a style over one half of a wide one',
    ours: 'the blank beside it has its style',
    tmux: 'the blank beside it has the default style',
    right: 'neither',
    because: 'xterm keeps the style of the wide character; nothing defines it',
    example: `漢\r${BLUE}x`,
    rows: [`x<default on palette:4>${blue(1)}`, '', '', ''],
  },
  {
    id: 'combining-without-wrap',
    what: 'a combining character behind the last column with wrapping off',
    ours: 'belongs to the character in the last column',
    tmux: 'belongs to the one before it',
    right: 'ours',
    because: 'Unicode: it combines with the character before it in the text',
    example: `${CSI}?7l12345678901e\u0301`,
    rows: ['12345678901e\u0301', '', '', ''],
  },
  {
    id: 'alignment-style',
    what: 'DECALN while a style is set',
    ours: 'fills the screen with E in that style',
    tmux: 'fills it with E in the default style',
    right: 'tmux',
    because: 'DEC STD 070; only test programs send it',
    example: `${BLUE}\x1b#8${CSI}m${CSI}2;1H${CSI}J`,
    rows: ['E<default on palette:4>'.repeat(12), '', '', ''],
  },
  {
    id: 'alignment-margins',
    what: 'DECALN while a scroll region is set',
    ours: 'the region stays',
    tmux: 'the region is the whole screen again',
    right: 'tmux',
    because: 'DEC STD 070; only test programs send it',
    example: `${CSI}2;3r\x1b#8${CSI}3;1H${CSI}J\nx`,
    rows: ['EEEEEEEEEEEE', '', 'x', ''],
  },
  {
    id: 'saved-origin',
    what: 'DECRC when origin mode was changed after DECSC',
    ours: 'origin mode stays as it is',
    tmux: 'origin mode is as it was saved',
    right: 'tmux',
    because: 'DEC STD 070; no program of our day uses the mode',
    example: `\x1b7${CSI}2;3r${CSI}?6h\x1b8${CSI}1;1Hx`,
    rows: ['', 'x', '', ''],
  },
  {
    id: 'scroll-down-colour',
    what: 'SD while a background is set',
    ours: 'the row that comes in has the default background',
    tmux: 'it has that background',
    right: 'tmux',
    because: 'xterm: erasing uses the current background (bce in terminfo)',
    example: `${BLUE}${CSI}T${CSI}m`,
    rows: ['', '', '', ''],
  },
  {
    id: 'soft-reset',
    what: 'DECSTR',
    ours: 'margins, modes and style are reset',
    tmux: 'nothing happens',
    right: 'ours',
    because: 'DEC STD 070',
    example: `${BLUE}${CSI}!px`,
    rows: ['x', '', '', ''],
  },
  {
    id: 'relative-positions',
    what: 'HPR and VPR',
    ours: 'move right and down',
    tmux: 'nothing happens',
    right: 'ours',
    because: 'ECMA-48 8.3.59 and 8.3.160',
    example: `${CSI}2a${CSI}1ex`,
    rows: ['', '  x', '', ''],
  },
  {
    id: 'forward-tabs',
    what: 'CHT',
    ours: 'moves on by so many tab stops',
    tmux: 'nothing happens',
    right: 'ours',
    because: 'ECMA-48 8.3.10',
    example: `${CSI}Ix`,
    rows: ['        x', '', '', ''],
  },
  {
    id: 'columns',
    what: 'SL, SR, DECIC and DECDC',
    ours: 'columns move',
    tmux: 'nothing happens',
    right: 'ours',
    because: 'ECMA-48 8.3.121 and 8.3.135, DEC STD 070',
    example: `abc${CSI}1 @`,
    rows: ['bc', '', '', ''],
  },
  {
    id: 'national-sets',
    what: 'character sets other than ASCII and line drawing',
    ours: 'the letters that they replace',
    tmux: 'ASCII',
    right: 'ours',
    because: 'DEC STD 070 (NRCS)',
    example: '\x1b(A#\x1b(B',
    rows: ['£', '', '', ''],
    accountsFor: ({ ours, theirs }) => ours === '£' && theirs === '#',
  },
  {
    id: 'columns-132',
    what: 'DECCOLM, which asks for 80 or 132 columns',
    ours: 'nothing happens: the pane decides on its size',
    tmux: 'the size stays, the screen is cleared',
    right: 'ours',
    because: 'xterm, unless its user allows the switch (c132)',
    example: `abc${CSI}?3l`,
    rows: ['abc', '', '', ''],
    looks: ['after screen 2', 'screen 3', 'after screen 3', 'screen 4'].map(
      (mark) => `vttest-1-cursor-movements, ${mark}`,
    ),
  },
  {
    id: 'region-in-origin-mode',
    what: 'DECSTBM while origin mode is set',
    ours: 'the cursor goes to the top of the region',
    tmux: 'it goes to the top of the screen',
    right: 'ours',
    because: 'DEC STD 070; vttest says so on its screen',
    example: `${CSI}?6h${CSI}2;3rx`,
    rows: ['', 'x', '', ''],
    looks: ['after screen 10', 'screen 11'].map((mark) => `vttest-2-screen-features, ${mark}`),
  },
]
