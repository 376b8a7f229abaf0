import type { Candidates, CompletedVerb } from './completed-verbs.ts'

/**
 * The script for bash: it finds the verb and the place of the word under the cursor, and a table made from the verbs says what
 * can stand there. Where nothing is known, bash offers files.
 */
export function bashScript(verbs: readonly CompletedVerb[]): string {
  return `# Completion of signalbox for bash: source <(signalbox completion bash)
_signalbox_at() {
  case "$1 $2" in
    ' 0') echo '${verbs.map(({ name }) => name).join(' ')}' ;;
${verbs.flatMap(placesOf).join('\n')}
  esac
}

_signalbox_takes_value() {
  case "$1 $2" in
${verbs.flatMap(valuesOf).join('\n')}
  esac
  return 1
}

_signalbox() {
  local current=\${COMP_WORDS[COMP_CWORD]} verb='' option='' place=0 word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -n $option ]]; then option=''
    elif [[ $word == -- ]]; then return
    elif [[ $word == -* ]]; then _signalbox_takes_value "$verb" "$word" && option=$word
    elif [[ -z $verb ]]; then verb=$word
    else ((place += 1)); fi
  done
  [[ -z $option && $current == -* ]] && option=-
  local words
  words=$(_signalbox_at "$verb" "\${option:-$place}")
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}

complete -o default -F _signalbox signalbox
`
}

/** What can stand behind a verb: its options, their values, its arguments. */
function placesOf({ name, options, arguments: args, isOpenEnded }: CompletedVerb): readonly string[] {
  const line = (place: string, candidates: Candidates): readonly string[] => {
    const given = listed(candidates)
    return given === undefined ? [] : [`    ${place}) ${given} ;;`]
  }
  return [
    `    '${name} -') echo '${options.map(({ flag }) => flag).join(' ')}' ;;`,
    ...options.flatMap(({ flag, values }) => line(`'${name} ${flag}'`, values)),
    ...args.flatMap((candidates, index) =>
      line(isOpenEnded && index === args.length - 1 ? `'${name} '[0-9]*` : `'${name} ${index}'`, candidates),
    ),
  ]
}

function listed(candidates: Candidates): string | undefined {
  if (candidates.kind === 'sessions') return 'signalbox completion sessions 2>/dev/null'
  return candidates.kind === 'words' ? `echo '${candidates.words.join(' ')}'` : undefined
}

function valuesOf({ name, options }: CompletedVerb): readonly string[] {
  const flags = options.filter(({ takesValue }) => takesValue).map(({ flag }) => `'${name} ${flag}'`)
  return flags.length === 0 ? [] : [`    ${flags.join(' | ')}) return 0 ;;`]
}
