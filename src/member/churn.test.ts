import { describe, expect, it } from 'vitest'
import { autopilot } from './index.js'
import { type Actor, Stage } from './stage.js'

const STEPS = 120
const MOST_MEMBERS = 9

/**
 * A life of ups and downs, drawn from the seed: members join, crash and come back, links lose messages, storages stall;
 * everybody proposes. In the end all are there, and nothing is lost any more.
 */
const live = (seed: number, durable: boolean): Stage => {
  const stage = new Stage(autopilot({ graceMs: 3000, memoryVoters: true }), {}, seed)
  const draw = (n: number): number => Math.floor(stage.random() * n)
  stage.found('abc', { durable })
  const all = [...stage.actors.values()]
  const names = [...'def012345']
  let lossRate = 0
  stage.loses = () => lossRate > 0 && stage.random() < lossRate
  let count = 0
  for (let step = 0; step < STEPS; step++) {
    const up = all.filter((one) => one.up)
    const one = up[draw(up.length)] as Actor
    const what = draw(12)
    if (what === 0 && all.length < MOST_MEMBERS) all.push(stage.join(names.shift() as string, { durable }))
    else if (what === 1 && up.length > 3 && durable) stage.crash(one)
    else if (what === 2) {
      const down = all.find((candidate) => !candidate.up)
      if (down) stage.start(down)
    } else if (what === 3) lossRate = draw(3) / 10
    else if (what === 4) one.withheld = true
    else if (what === 5) for (const each of all) each.withheld = false
    else for (let i = draw(20); i > 0; i--) stage.note(one, `k${draw(4)}`, `${one.name}${++count}`)
    stage.run(draw(2000))
  }
  lossRate = 0
  for (const each of all) {
    each.withheld = false
    if (!each.up) stage.start(each)
  }
  stage.settle(...all)
  return stage
}

describe.each([
  ['with storages', true],
  ['in memory', false],
])('a group %s, through churn', (_, durable) => {
  it.each([1, 2, 3, 4])('comes to one state, with nothing done twice (seed %i)', (seed) => {
    const stage = live(seed, durable)
    const [one] = stage.actors.values()
    const written = [...(one?.notes.notes.values() ?? [])].flat()
    expect(new Set(written).size).toBe(written.length)
    // Of who never crashed, nothing is missing.
    const counts = [...stage.actors.values()]
      .filter(({ lives }) => lives === 1)
      .map(({ name, sequence }) => ({ name, sequence }))
    for (const { name, sequence } of counts) {
      expect(written.filter((what) => what.startsWith(name))).toHaveLength(sequence)
    }
  })
})
