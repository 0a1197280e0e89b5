import { describe, expect, it } from 'vitest'
import { type Actor, idOf, Stage, towards } from './stage.js'

/** Four vote from epoch 1 on, of whom `b` has nothing written down since; the others do without it. */
const oneNotWritten = (): { readonly stage: Stage; readonly b: Actor; readonly seal: (names: string) => void } => {
  let wanted = 'acd'
  const stage = new Stage(towards(() => wanted))
  stage.found('acd')
  const b = stage.join('b')
  const seal = (names: string): void => {
    wanted = names
    const next = (b.status.configuration?.number ?? 0) + 1
    stage.until(() => b.status.configuration?.number === next, `epoch ${next}`)
  }
  stage.until(() => b.status.role === 'observer', 'b has a state')
  stage.run(3000)
  b.withheld = true
  seal('abcd')
  return { stage, b, seal }
}

/** Writes the oldest ready of `b`. */
const writeOne = ({ writing, disk, member }: Actor): { readonly cut: unknown } => {
  const ready = writing.shift()
  if (ready === undefined) throw new Error('nothing is under way')
  disk.write(ready)
  member.written(ready)
  return ready
}

describe('while writes are under way', () => {
  it('the one of an epoch’s start does not count as that of the next one’s [H18]', () => {
    const { stage, b, seal } = oneNotWritten()
    seal('abc')
    expect(b.writing.flatMap(({ cut }) => cut?.configuration.number ?? [])).toEqual([1, 2])
    while (writeOne(b).cut === undefined);
    expect(b.status.replica?.voting).toBe(false)
    while (writeOne(b).cut === undefined);
    expect(b.status.replica?.voting).toBe(true)
    b.withheld = false
    stage.settle(...stage.actors.values())
  })

  it('a voter that may not vote yet writes no checkpoint: it keeps no records of what it learns [H18]', () => {
    const { stage, b } = oneNotWritten()
    const a = stage.actor('a')
    const checkpoints = (): number[] => b.journal.flatMap(({ checkpoint }) => checkpoint?.configuration.number ?? [])
    const work = (): void => {
      for (let i = 0; i < 100; i++) {
        stage.note(a, `k${i % 5}`, `${i}`)
        stage.run(20)
      }
      stage.run(2000)
    }
    work()
    expect(checkpoints()).not.toContain(1)
    b.withheld = false
    while (b.writing.length > 0) writeOne(b)
    work()
    expect(checkpoints()).toContain(1)
  })

  it('a checkpoint of the last epoch says nothing of how far this one is written down [H17]', () => {
    const stage = new Stage(undefined)
    stage.found('a')
    const a = stage.actor('a')
    for (let i = 0; i < 100; i++) {
      stage.note(a, 'k', `${i}`)
      stage.run(20)
    }
    const late = a.journal.findLast(({ checkpoint }) => checkpoint !== undefined)?.checkpoint
    if (late === undefined) throw new Error('no checkpoint was made')
    a.member.replica?.seal({ voters: [idOf('a')], wireVersion: 4, stateVersion: 1 })
    stage.until(() => a.status.configuration?.number === 1 && a.status.replica?.voting === true, 'epoch 1')
    a.member.checkpointWritten(late)
    stage.run(2000)
    expect(late.executed.frontier[0]).toBeGreaterThan(0)
    expect(a.status.replica?.stable).toEqual([0])
  })
})
