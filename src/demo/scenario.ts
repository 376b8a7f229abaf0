/** One session of the demo. */
export interface DemoSession {
  readonly rig: string
  readonly name: string
  readonly backend: 'claude' | 'opencode' | 'shell'
  readonly role: string
  /** What the agent is asked. */
  readonly prompt: string
  /** What the scripted model (or the scripted agent) then plays; for the shell, the command. */
  readonly script: string
}

/** A ticking log: something that is neither Claude Code nor Opencode. */
const TICKER =
  'i=0; while :; do i=$((i+1)); printf "%s  GET /api/orders/%d  200  %d ms\\n" "$(date +%H:%M:%S)" $((4100+i)) $((8+i%17)); sleep 1; done'

const REVIEW = [
  '## Review of the retry change',
  '',
  '- `backoff.ts` now doubles the pause up to 30 s and adds jitter',
  '- the old path slept while it held the lock; that is gone',
  '- three tests cover: success, give-up, and a cancelled wait',
  '',
  'One thing to decide: the limit of 8 attempts is a guess. I left it in the config so that it can be changed without a release.',
].join('\\n')

const REFACTOR = [
  'I will move the session lookup out of the handlers first, because both of them read the cookie twice.',
  'The new function takes the request and returns either a session or the reason why there is none;',
  'the handlers then stay a page long each. I am now going through the callers one at a time and',
  'checking what they do with an expired session, since two of them treat it as anonymous on purpose.',
].join(' ')

/** A room with something of everything: prompts to answer, work that streams, a result to read, an error, a plain program. */
export const SCENARIO: readonly DemoSession[] = [
  {
    rig: 'api',
    name: 'toast',
    backend: 'claude',
    role: 'polecat',
    prompt: 'Rebuild the project from scratch.',
    script: 'RUN rm -rf dist && npm run build ;; SAY The build is clean.',
  },
  {
    rig: 'web',
    name: 'nux',
    backend: 'claude',
    role: 'crew',
    prompt: 'Set up storage for the new session service.',
    script:
      'ASK Which database should the service use? | Postgres: what the other services use | SQLite: nothing to run | Files: as it is today ;; SAY Good. I will set that up now.',
  },
  {
    rig: 'api',
    name: 'slit',
    backend: 'opencode',
    role: 'polecat',
    prompt: 'Split the login handler; it does too much.',
    script: `STREAM 900 ${Array.from({ length: 12 }, () => REFACTOR).join(' ')}`,
  },
  {
    rig: 'web',
    name: 'furiosa',
    backend: 'opencode',
    role: 'polecat',
    prompt: 'Make the session tests pass.',
    script: 'RUN npm test -- --run src/session ;; SAY All 42 tests pass.',
  },
  {
    rig: 'docs',
    name: 'dag',
    backend: 'claude',
    role: 'refinery',
    prompt: 'Review the retry change.',
    script: `SAY ${REVIEW}`,
  },
  {
    rig: 'docs',
    name: 'capable',
    backend: 'opencode',
    role: 'witness',
    prompt: 'Check every link in the manual.',
    script: 'FAIL 529 40 ;; SAY Back again.',
  },
  { rig: 'infra', name: 'immortan', backend: 'shell', role: 'crew', prompt: '', script: TICKER },
]

/** The scenario's prompts as cues for the scripted model. */
export const CUES: Readonly<Record<string, string>> = Object.fromEntries(
  SCENARIO.filter(({ prompt }) => prompt !== '').map(({ prompt, script }) => [prompt, script]),
)
