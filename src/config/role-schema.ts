import * as z from 'zod'

/** What the name of a role, rig or agent looks like. */
export const NAME_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}$/

/** Name of a backend. */
export const backendName = z.string().min(1).describe('Name of a backend: claude, opencode or shell')

/** Name of a role, as a key. */
export const roleName = z
  .string()
  .regex(NAME_PATTERN, 'expected a name of up to 40 letters, digits, "-", "_" and ".", not beginning with "-" or "."')

const action = z.enum(['allow', 'ask', 'deny'])

const permissions = z
  .union(
    [
      z.string().regex(/^[A-Za-z][\w-]*$/, 'expected the name of a mode, such as "plan", or an object'),
      z.record(z.string().min(1), z.union([action, z.record(z.string().min(1), action)])),
    ],
    { error: 'expected the name of a mode, or an object such as {"bash": "ask"} with "allow", "ask" and "deny"' },
  )
  .describe(
    'Claude Code: the name of a permission mode. Opencode: "allow", "ask" or "deny", or those by tool and pattern',
  )

/** A week: longer than that and timers wrap around. */
const MOST_MINUTES = 7 * 24 * 60

/** A time in minutes. */
export const minutes = z.number().positive().max(MOST_MINUTES)

const role = z
  .strictObject({
    backend: backendName.optional(),
    prompt: z
      .string()
      .min(1)
      .regex(/^[^\0]*$/, 'has a NUL character')
      .optional()
      .describe('Instructions that every session of the role has, besides its first prompt'),
    permissions: permissions.optional(),
    restart: z.enum(['never', 'on-failure', 'always']).optional().describe('When an ended session is started again'),
    stall_minutes: minutes.optional().describe('Quiet for so long while it works, and a session counts as stalled'),
    worktree: z.boolean().optional().describe('Each session works in a git worktree and on a branch of its own'),
    set_up: z.string().min(1).optional().describe('Shell command that prepares a new worktree, run in it'),
  })
  .describe('What holds for every session of the role')

/** Roles by name, each with what it says differently. */
export const roles = z.record(roleName, role).describe('Rules of each role; a name of your own makes a role')

/** Backends by role. */
export const roleAgents = z
  .record(roleName, backendName)
  .describe('Backend of each role; a name of your own makes a role')

export type RoleSettings = z.infer<typeof role>
