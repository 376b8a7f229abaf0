import * as z from 'zod'
import { backendName, minutes } from './role-schema.ts'

const count = z.int().nonnegative()

/** How many sessions there may be, and what is done to have the right ones. */
export const pool = z
  .strictObject({
    limits: z.record(backendName, count).optional().describe('Most sessions at once, by backend'),
    warm: z
      .record(backendName, count)
      .optional()
      .describe('Idle sessions kept ready, by backend, in each rig that has had work'),
    memory_floor_mb: count.optional().describe('Nothing is started when less memory than this would be left'),
    starts_per_minute: z.int().positive().optional().describe('Most sessions that are started in a minute'),
    idle_stop_minutes: minutes
      .nullable()
      .optional()
      .describe('A session that the pool started is ended after so long without work; null is never'),
    failover: z
      .record(backendName, z.array(backendName))
      .optional()
      .describe('Backends to try, in this order, when one cannot do the work'),
  })
  .describe('How many sessions there may be')

const dollars = z.number().positive()

const budget = z
  .strictObject({
    warn_usd: dollars.optional().describe('The operator is warned'),
    pause_usd: dollars.optional().describe('New work is held back'),
    stop_usd: dollars.optional().describe('Sessions are ended'),
  })
  .describe('US dollars')

/** What may be spent. */
export const budgets = z
  .strictObject({
    session: budget.optional().describe('By one session'),
    day: budget.optional().describe('By all sessions in one day'),
  })
  .describe('What may be spent')

export type PoolSettings = z.infer<typeof pool>
export type BudgetSettings = z.infer<typeof budget>
export type BudgetsSettings = z.infer<typeof budgets>
