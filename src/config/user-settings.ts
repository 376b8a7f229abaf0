import * as z from 'zod'
import { COMMANDS } from '../core/commands.ts'
import { REMAPPABLE } from '../core/key-overrides.ts'
import { NEED_KINDS } from '../core/room-settings.ts'
import { SURFACE_NAMES, THEME_NAMES, TONE_NAMES } from '../core/theme-choice.ts'

const keyList = z.array(z.string().min(1)).describe('Keys in the notation of docs/keys.md; none takes its keys away')

const keys = () =>
  z
    .strictObject(
      Object.fromEntries(REMAPPABLE.map((id) => [id, keyList.optional().describe(COMMANDS[id].help)] as const)),
    )
    .describe('Other keys for commands, by command id; a command that is not named keeps its own')

const NAMED_COLOUR = '(?:black|red|green|yellow|blue|magenta|cyan|white)(?:Bright)?|gray'
const COLOUR = new RegExp(`^(?:#[0-9a-fA-F]{6}|${NAMED_COLOUR}|ansi256\\(\\d{1,3}\\))$`)
/** The room marks its own places by backgrounds #fd…… and #fe……. */
const SURFACE = new RegExp(`^(?:#(?![fF][dDeE])[0-9a-fA-F]{6}|${NAMED_COLOUR}|ansi256\\(\\d{1,3}\\))$`)

const colour = z.string().regex(COLOUR, 'expected "#rrggbb", a name such as "cyan" or "redBright", or "ansi256(214)"')
const surface = z
  .string()
  .regex(SURFACE, 'expected "#rrggbb" (not #fd…… or #fe……), a name such as "cyan" or "redBright", or "ansi256(214)"')

const coloursOf = (names: readonly string[], value: z.ZodString) =>
  Object.fromEntries(names.map((name) => [name, value.optional()] as const))

const theme = () =>
  z
    .union(
      [
        z.enum(THEME_NAMES),
        z.strictObject({
          base: z.enum(THEME_NAMES).optional().describe('The built-in theme that has all other colours'),
          colours: z
            .strictObject({ ...coloursOf(TONE_NAMES, colour), ...coloursOf(SURFACE_NAMES, surface) })
            .describe('Colours by what they mean; selected, panel and field are backgrounds'),
        }),
      ],
      { error: `expected ${THEME_NAMES.map((name) => `"${name}"`).join(', ')} or an object with "colours"` },
    )
    .describe('A built-in theme, or colours of your own over one')

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as "22:30"')

const quietHours = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from !== to, 'expected two different times')
  .describe('Between these times nobody is called; they may go over midnight')

const notifications = z
  .strictObject({
    bell: z.boolean().optional().describe('Ring the bell of the terminal; on unless said otherwise'),
    desktop: z
      .enum(['auto', 'osc9', 'osc777', 'off'])
      .optional()
      .describe('Ask the terminal for a desktop notification: auto picks the sequence it is known to understand'),
    title: z.boolean().optional().describe('Count the needs in the title of the window; on unless said otherwise'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Program and arguments that the host starts for each need, which it gets as JSON on its standard input',
      ),
    quietHours: quietHours.optional(),
    kinds: z.array(z.enum(NEED_KINDS)).optional().describe('Needs that call you; all of them unless said otherwise'),
  })
  .describe('How you are told that a session needs you')

/** A week: longer than that and timers wrap around. */
const MOST_MINUTES = 7 * 24 * 60
const minutes = z.number().positive().max(MOST_MINUTES)

const stall = z
  .strictObject({
    minutes: minutes.optional().describe('For roles that are not named below'),
    roles: z.record(z.string(), minutes).optional().describe('By role'),
  })
  .describe('How long a working agent may give no sign of life before it counts as stalled')

/** The operator's own settings: keys, look, notifications. Made when it is asked for: most verbs need none of it. */
export const userSettings = () =>
  z
    .strictObject({
      $schema: z.string().optional().describe('Where the JSON Schema of this file is'),
      keys: keys().optional(),
      theme: theme().optional(),
      notifications: notifications.optional(),
      stall: stall.optional(),
    })
    .describe('Your own settings of signalbox')

export type UserSettings = z.infer<ReturnType<typeof userSettings>>
