import * as z from 'zod'
import { budgets, pool } from './pool-schema.ts'
import { backendName as backend, roleAgents, roles } from './role-schema.ts'
import { userSettings } from './user-settings.ts'

const schemaReference = z.string().optional().describe('Where the JSON Schema of this file is')

const agents = z.record(z.string(), backend).describe('Backend of each agent that is known by its own name')

/** `settings/config.json` of a town: which backend each role runs on, what holds for a role, what there may be of sessions. */
export const TOWN_SETTINGS = z
  .strictObject({
    $schema: schemaReference,
    type: z.literal('town-settings'),
    version: z.literal(1),
    default_agent: backend.optional().describe('Backend of every role that has none of its own'),
    role_agents: roleAgents.optional(),
    agents: agents.optional(),
    roles: roles.optional(),
    pool: pool.optional(),
    budgets: budgets.optional(),
  })
  .describe('Settings of a town: the folder that holds the rigs')

const hooks = z.strictObject({
  provider: backend.describe('Backend that the hooks are for'),
  dir: z.string().min(1).optional().describe('Folder of the hooks or plugin, below the working directory'),
  settings_file: z.string().min(1).optional().describe('File in that folder'),
})

const runtime = z.strictObject({
  provider: backend,
  command: z
    .string()
    .min(1)
    .optional()
    .describe('Program to start instead of the one that has the name of the backend'),
  hooks: hooks.optional(),
})

/** `settings/config.json` of a rig: what its sessions run on, whatever the town says. */
export const RIG_SETTINGS = z
  .strictObject({
    $schema: schemaReference,
    type: z.literal('rig-settings'),
    version: z.literal(1),
    agent: backend.optional().describe('Backend of every session of this rig'),
    runtime: runtime.optional().describe('How that backend is started'),
    role_agents: roleAgents.optional(),
    agents: agents.optional(),
    roles: roles.optional(),
  })
  .describe('Settings of a rig: one project')

export type TownSettings = z.infer<typeof TOWN_SETTINGS>
export type RigSettings = z.infer<typeof RIG_SETTINGS>

/** The JSON Schemas that are shipped in assets/, by file name. */
export function jsonSchemas(): Readonly<Record<string, unknown>> {
  return {
    'town-settings.schema.json': z.toJSONSchema(TOWN_SETTINGS),
    'rig-settings.schema.json': z.toJSONSchema(RIG_SETTINGS),
    'user-settings.schema.json': z.toJSONSchema(userSettings()),
  }
}
