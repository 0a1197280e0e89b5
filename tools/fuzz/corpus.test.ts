import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { attempt, MOST_MS } from './campaign.js'
import { keptOf } from './corpus.js'
import { targets } from './list.js'

it.each(targets.flatMap((target) => keptOf(target.name).map((kept) => ({ target, ...kept, of: target.name }))))(
  'what was found once stays mended: $of/$name',
  async ({ target, input }) => {
    expect(await attempt(target.subject(), input)).toBeLessThan(MOST_MS)
  },
)

it('has nothing in its corpus that no target takes', () => {
  const names = targets.map(({ name }) => name)
  for (const folder of readdirSync(new URL('./corpus/', import.meta.url))) expect(names).toContain(folder)
})
