import { expect, it } from 'vitest'
import { staleFiles } from '../../scripts/docs.ts'

it('has generated documents and schemas that say what the sources say', () => {
  expect(staleFiles(), 'run `npm run docs`').toEqual([])
})
