import type { Candidates, CompletedVerb } from './completed-verbs.ts'

/** The script for fish: one rule for each verb, option and argument. */
export function fishScript(verbs: readonly CompletedVerb[]): string {
  return `# Completion of signalbox for fish: signalbox completion fish > ~/.config/fish/completions/signalbox.fish
function __signalbox_at --description 'Whether the cursor is at this place behind this verb'
    set --local given (string match --invert -- '-*' (commandline -opc))
    test (count $given) -ge 2; and test "$given[2]" = "$argv[1]"; and test (math (count $given) - 2) -ge "$argv[2]"
end

complete --command signalbox --no-files
${verbs.flatMap(rulesOf).join('\n')}
`
}

function rulesOf({ name, help, options, arguments: args }: CompletedVerb): readonly string[] {
  const rule = `complete --command signalbox --condition`
  return [
    `${rule} __fish_use_subcommand --arguments ${name} --description ${quoted(help)}`,
    ...options.map(({ flag, help: about, takesValue, values }) => {
      const value = takesValue ? ` --require-parameter${argumentsOf(values)}` : ''
      const seen = quoted(`__fish_seen_subcommand_from ${name}`)
      return `${rule} ${seen} --long-option ${flag.slice(2)}${value} --description ${quoted(about)}`
    }),
    ...args.map(
      (candidates, index) => `${rule} ${quoted(`__signalbox_at ${name} ${index}`)}${argumentsOf(candidates)}`,
    ),
  ]
}

function argumentsOf(candidates: Candidates): string {
  if (candidates.kind === 'sessions') return ` --arguments '(signalbox completion sessions 2>/dev/null)'`
  return candidates.kind === 'words' ? ` --arguments ${quoted(candidates.words.join(' '))}` : ' --force-files'
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, (sign) => `\\${sign}`)}'`
}
