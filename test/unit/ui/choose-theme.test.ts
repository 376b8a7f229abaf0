import { describe, expect, test } from 'vitest'
import { SURFACE_NAMES, THEME_NAMES, TONE_NAMES } from '../../../src/core/theme-choice.ts'
import { themeFor } from '../../../src/ui/theme/choose-theme.ts'
import { DARK, LIGHT, THEMES } from '../../../src/ui/theme/theme.ts'

describe('the theme', () => {
  test('has the names that settings know', () => {
    const { name: _, tones, ...surfaces } = DARK
    expect(Object.keys(THEMES)).toEqual([...THEME_NAMES])
    expect(Object.keys(tones)).toEqual([...TONE_NAMES])
    expect(Object.keys(surfaces)).toEqual([...SURFACE_NAMES])
  })

  test('is what the operator chose, and for one run what the environment names', () => {
    expect(themeFor(undefined)).toBe(DARK)
    expect(themeFor({ base: 'light', colours: {} })).toEqual(LIGHT)
    expect(themeFor({ base: 'dark', colours: {} }, { SIGNALBOX_THEME: 'light' })).toBe(LIGHT)
    expect(themeFor(undefined, { SIGNALBOX_THEME: 'pink' })).toBe(DARK)
  })

  test('takes colours of tones and surfaces, and keeps how bold they are', () => {
    const theme = themeFor({ base: 'light', colours: { needs: 'yellow', plain: '#010203', panel: 'black' } })
    expect(theme.tones.needs).toEqual({ colour: 'yellow', isBold: true })
    expect(theme.tones.plain).toEqual({ colour: '#010203' })
    expect(theme.tones.accent).toEqual(LIGHT.tones.accent)
    expect([theme.panel, theme.field]).toEqual(['black', LIGHT.field])
  })
})
