import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Timers } from './timers.js'

describe('timers', () => {
  it('come due in order of time, equal ones in the order in which they were set', () => {
    const step = fc.record({ at: fc.nat(20), until: fc.option(fc.nat(20), { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (script) => {
        const timers = new Timers<number>()
        let model: { readonly at: number; readonly what: number }[] = []
        script.forEach(({ at, until }, what) => {
          timers.set(at, what)
          model.push({ at, what })
          model.sort((a, b) => a.at - b.at || a.what - b.what)
          expect(timers.next).toBe(model[0]?.at)
          if (until === undefined) return
          const due: number[] = []
          for (let next = timers.due(until); next !== undefined; next = timers.due(until)) due.push(next)
          expect(due).toEqual(model.filter((entry) => entry.at <= until).map((entry) => entry.what))
          model = model.filter((entry) => entry.at > until)
        })
      }),
    )
  })
})
