import { EXPLAINED, type Explained } from './explained.ts'

const HEAD = '| what a program does | we | tmux | right is | because |\n|---|---|---|---|---|'

/** The known differences as docs/rendering.md lists them. */
export function explainedTable(): string {
  return [HEAD, ...EXPLAINED.map(row)].join('\n')
}

function row({ what, ours, tmux, right, because }: Explained): string {
  return `| ${what} | ${ours} | ${tmux} | ${right === 'ours' ? 'we' : right} | ${because} |`
}
