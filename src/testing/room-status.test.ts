import { expect, it } from 'vitest'
import { counter, defineState } from '../state/index.js'
import { roomStatus, testWorld } from './index.js'

const visits = defineState({ version: 1, parts: { visits: counter('visits') } })

it('the sample of a status says what a room of three voters says that is well, but for what is its own', async () => {
  const world = testWorld({ seed: 1 })
  const first = await world.found(visits)
  await world.join(first)
  await world.join(first)
  await world.until(() => first.status.get().quorum === 'fast' && first.status.get().voters.length === 3)
  await world.settle()
  const real = first.status.get()
  await world.close()
  const { id, incarnation, group, epoch, voters, members, decision, committed, executed, link, ...same } = real
  const own = { id, incarnation, group, epoch, voters, members, decision, committed, executed, link }
  expect(roomStatus(own)).toStrictEqual({ ...own, ...same })
  const sample = roomStatus()
  const shapeOf = (member: object): readonly string[] => Object.keys(member).sort()
  expect(sample.members.map(shapeOf)).toEqual(members.map(shapeOf))
  expect(sample.members.map(({ role, silent }) => [role, silent])).toEqual(
    members.map(({ role, silent }) => [role, silent]),
  )
})

it('what is done to one sample shows in no other', () => {
  const before = structuredClone(roomStatus())
  const { voters, members, link } = roomStatus()
  for (const part of [voters, ...members, link, link.counters]) {
    for (const name of Object.keys(part)) Reflect.deleteProperty(part, name)
  }
  expect(roomStatus()).toEqual(before)
})
