import type { Candidates, CompletedVerb } from './completed-verbs.ts'

/** The script for zsh: each verb has its arguments and options, with their help, in the words of `_arguments`. */
export function zshScript(verbs: readonly CompletedVerb[]): string {
  return `#compdef signalbox
# Completion of signalbox for zsh: signalbox completion zsh > "\${fpath[1]}/_signalbox"
_signalbox_sessions() {
  local -a sessions
  sessions=(\${(f)"$(signalbox completion sessions 2>/dev/null)"})
  compadd -a sessions
}

_signalbox() {
  local -a verbs
  verbs=(
${verbs.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT -= 1))
  case $verb in
${verbs.map(caseOf).join('\n')}
  esac
}

_signalbox "$@"
`
}

function caseOf({ name, options, arguments: args, isOpenEnded }: CompletedVerb): string {
  const specs = [
    ...options.map(({ flag, help, takesValue, values }) =>
      quoted(`${flag}[${plain(help)}]${takesValue ? `:value:${actionOf(values)}` : ''}`),
    ),
    ...args.map((candidates, index) => {
      const isLast = index === args.length - 1
      return quoted(`${isOpenEnded && isLast ? '*' : index + 1}:argument:${actionOf(candidates)}`)
    }),
  ]
  return `    ${name}) _arguments ${specs.join(' ')} ;;`
}

function actionOf(candidates: Candidates): string {
  if (candidates.kind === 'sessions') return '_signalbox_sessions'
  return candidates.kind === 'words' ? `(${candidates.words.join(' ')})` : '_files'
}

/** Without the characters that mean something to `_arguments`. */
function plain(help: string): string {
  return help.replaceAll(/[[\]:]/g, ' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
