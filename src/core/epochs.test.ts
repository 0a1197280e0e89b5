import { describe, expect, it } from 'vitest'
import { ForeignState, NotAVoter, UnsafeSeal } from './errors.js'
import { Stage } from './stage.js'
import { command, configurationOf, idOf, nameOf } from './stage-words.js'

/** Everybody has heard lately how far everybody is. */
const meet = (stage: Stage): void => {
  for (const slot of stage.slots) stage.tick(slot, 2000, 500)
  stage.flow()
}

const epochOf = (stage: Stage, slot: number): number => stage.replica(slot).status().configuration.number

describe('a seal', () => {
  it('ends the epoch for everybody, and what is proposed afterwards is of the next', () => {
    const stage = new Stage(3, undefined, 0, 1)
    stage.propose(0, command('a'))
    stage.flow()
    meet(stage)
    stage.seal(0, [0, 1, 3])
    stage.flow()
    for (const slot of stage.slots) expect(stage.executed(slot)).toBe('a →1')
    for (const slot of [0, 1, 3]) {
      expect(stage.replica(slot).status()).toMatchObject({ configuration: configurationOf(1, [0, 1, 3]), voting: true })
    }
    expect(stage.replica(2).status()).toMatchObject({ slot: undefined, voting: false })
    expect(() => stage.propose(2, command('b'))).toThrow(NotAVoter)
    stage.propose(3, command('c'))
    stage.flow()
    meet(stage)
    for (const slot of stage.slots) expect(stage.executed(slot)).toBe('a →1 c')
    expect(stage.committed(0, '2.1')).toBe('c {0,0,0}')
  })

  it('makes void what is ordered after it, everywhere alike, and that is proposed again in the next epoch [H25]', () => {
    const stage = new Stage(3)
    meet(stage)
    // R2 hears of the seal after it has proposed, and its command is ordered after it.
    stage.seal(0, [0, 1, 2])
    const toR2 = stage.take('pre-accept', { to: 2 })
    stage.propose(2, command('late'))
    stage.flow()
    stage.arrive(toR2)
    stage.flow()
    for (const slot of stage.slots) stage.tick(slot, 1000)
    stage.settle()
    for (const slot of stage.slots) {
      expect(epochOf(stage, slot)).toBe(1)
      expect(stage.executed(slot)).toMatch(/^(late )?→1( late)?$/)
      expect(stage.executed(slot).match(/late/g)).toHaveLength(1)
      expect(stage.executed(slot)).toBe(stage.executed(0))
    }
  })

  it('lets commands wait that are proposed while the next epoch is not durable here, and while they do nothing is voted [H25]', () => {
    const stage = new Stage(3, {})
    meet(stage)
    for (const slot of stage.slots) stage.withholdCut(slot)
    stage.seal(0, [0, 1, 2])
    stage.flow()
    stage.propose(1, command('early'))
    expect(stage.replica(1).status()).toMatchObject({ voting: false, pending: 1 })
    stage.entered(1)
    stage.flow()
    expect(stage.find('pre-accept-ok')).toEqual([])
    for (const slot of stage.slots) expect(stage.executed(slot)).toBe('→1')
    stage.entered(0)
    stage.entered(2)
    stage.settle()
    for (const slot of stage.slots) expect(stage.executed(slot)).toBe('→1 early')
  })

  it('is the last that is said in its epoch: what waits behind it there is proposed in the next [H25]', () => {
    const stage = new Stage(1)
    stage.withhold(0)
    stage.withholdCut(0)
    stage.seal(0, [0])
    stage.propose(0, command('a'))
    while (stage.writing(0).length > 0) stage.write(0)
    expect(stage.executed(0)).toBe('→1')
    const epochs = stage.journal.flatMap(({ ready }) =>
      ready.records.map(({ epoch, value }) => `${epoch} ${nameOf(value)}`),
    )
    expect(epochs).toEqual(['0 →1', '0 →1'])
    stage.entered(0)
    while (stage.writing(0).length > 0) stage.write(0)
    expect(stage.executed(0)).toBe('→1 a')
    expect(stage.disk(0).every(({ epoch }) => epoch === 1)).toBe(true)
  })

  it('that came second is void: its author does not propose it again [H26]', () => {
    const stage = new Stage(3, undefined, 0, 2)
    meet(stage)
    stage.seal(0, [0, 1, 3])
    stage.seal(1, [0, 1, 4])
    stage.settle()
    meet(stage)
    const { voters, number } = stage.replica(0).status().configuration
    expect(number).toBe(1)
    for (const slot of stage.slots) expect(stage.replica(slot).status().configuration.voters).toEqual(voters)
    expect(stage.replica(1).status().pending).toBe(0)
  })

  it('that ends as a no-op is not proposed again [H26]', () => {
    const stage = new Stage(3, {})
    meet(stage)
    stage.seal(0, [1, 2])
    stage.deliver('pre-accept', { to: 1 })
    stage.mail = []
    stage.propose(1, command('a'))
    stage.mail = []
    stage.recover(1, '0.1')
    stage.deliver('recover', { to: 0 })
    stage.settle()
    expect(stage.committed(1, '0.1')).toMatch(/^no-op/)
    for (const slot of stage.slots) expect(epochOf(stage, slot)).toBe(0)
    expect(stage.replica(0).status().pending).toBe(0)
  })

  it('is not proposed towards voters that have not said lately that they have the state [H29]', () => {
    const stage = new Stage(1, undefined, 0, 2)
    const seal = (): void => stage.seal(0, [0, 1, 2])
    expect(seal).toThrow(UnsafeSeal)
    meet(stage)
    stage.tick(0, 5000)
    // They have closed meanwhile.
    expect(seal).toThrow(idOf(1))
    meet(stage)
    seal()
    stage.flow()
    expect(epochOf(stage, 2)).toBe(1)
  })

  it('is not proposed towards voters that lag behind [H29]', () => {
    const stage = new Stage(1, { closeInstances: 5 }, 0, 1)
    meet(stage)
    for (let i = 0; i < 10; i++) stage.propose(0, command(`${i}`))
    stage.drop('commit')
    stage.mail = stage.mail.filter(({ to }) => to !== 1)
    expect(() => stage.seal(0, [1])).toThrow(UnsafeSeal)
    stage.tick(1, 500)
    stage.flow()
    meet(stage)
    stage.seal(0, [1])
    stage.flow()
    meet(stage)
    expect(stage.replica(1).status()).toMatchObject({ voting: true, configuration: { number: 1 } })
  })
})

describe('a replica that was cut off while its epoch was sealed', () => {
  /** R2 hears of nothing. */
  const apart = (stage: Stage, next: readonly number[]): void => {
    const without = (): void => {
      stage.mail = stage.mail.filter(({ to, from }) => to !== 2 && from !== 2)
    }
    meet(stage)
    stage.propose(0, command('a'))
    without()
    stage.flow()
    stage.seal(0, next)
    without()
    while (stage.mail.length > 0) {
      stage.arrive(stage.mail.splice(0, 1))
      without()
    }
    // By the slow path: R2 does not answer.
    for (const slot of [0, 1]) stage.tick(slot, 500)
    without()
    while (stage.mail.length > 0) {
      stage.arrive(stage.mail.splice(0, 1))
      without()
    }
    expect(epochOf(stage, 0)).toBe(1)
    expect(epochOf(stage, 2)).toBe(0)
  }

  it('is told so, fetches what it lacks, and proposes in the next epoch what it has proposed in this one [H25]', () => {
    const stage = new Stage(3, {})
    apart(stage, [0, 1, 2])
    stage.propose(2, command('z'))
    stage.settle()
    for (const slot of stage.slots) expect(stage.executed(slot)).toBe('a →1 z')
    for (const slot of stage.slots) expect(epochOf(stage, slot)).toBe(1)
  })

  it('and votes no more hands back what it has proposed', () => {
    const stage = new Stage(3, undefined, 0, 1)
    // Somebody has yet to report: until then the commits can be had.
    stage.withholdCut(3)
    apart(stage, [0, 1, 3])
    stage.propose(2, command('z'))
    stage.flow()
    meet(stage)
    expect(stage.executed(2)).toBe('a →1')
    expect(epochOf(stage, 2)).toBe(1)
    const unproposed = stage.events(2).flatMap((event) => (event.kind === 'unproposed' ? event.values.map(nameOf) : []))
    expect(unproposed).toEqual(['z'])
  })

  it('is told that only a snapshot helps where nobody has those commits any more', () => {
    const stage = new Stage(3, undefined, 0, 1)
    apart(stage, [0, 1, 3])
    for (const slot of [0, 1, 3]) stage.restart(slot)
    meet(stage)
    const { lost } = stage.replica(2).status()
    expect(lost?.configuration).toEqual(configurationOf(1, [0, 1, 3]))
    expect([0, 1, 3].map(idOf)).toContain(lost?.from)
  })
})

describe('a snapshot', () => {
  const start = configurationOf(1, [0, 1, 2])

  it('is installed by no voter inside its epoch [H18]', () => {
    const replica = new Stage(3).replica(0)
    const executed = { frontier: [1, 0, 0], beyond: [[], [], []] }
    expect(() => replica.enter(configurationOf(0, [0, 1, 2]), executed)).toThrow(ForeignState)
    expect(() => replica.enter(configurationOf(0, [0, 1, 2]))).toThrow(ForeignState)
  })

  it('of anything but its very start is no beginning of an epoch for a voter of it [H18]', () => {
    const replica = new Stage(3).replica(0)
    expect(() => replica.enter(start, { frontier: [0, 0, 0], beyond: [[], [2], []] })).toThrow(ForeignState)
    replica.enter(start, { frontier: [0, 0, 0], beyond: [[], [], []] })
    expect(replica.status()).toMatchObject({ configuration: start, voting: false })
  })

  it('of an earlier epoch is refused, and one that lacks what was executed here', () => {
    const stage = new Stage(3, undefined, 1, 1)
    stage.propose(0, command('a'))
    stage.flow()
    meet(stage)
    const observer = stage.replica(3)
    expect(() => observer.enter(configurationOf(0, [0, 1, 2]))).toThrow(ForeignState)
    expect(() => observer.enter(start, { frontier: [0, 0, 0], beyond: [[], [], []] })).toThrow('0.1')
    observer.enter(start, { frontier: [5, 0, 0], beyond: [[], [], []] })
    expect(observer.status().executed).toEqual([5, 0, 0])
  })
})

describe('an observer', () => {
  it('that is told of a commit that the state it began with contains tells it as executed, and does not execute it again', () => {
    const stage = new Stage(3, undefined, 1, 1)
    stage.replica(3).enter(configurationOf(1, [0, 1, 2]), { frontier: [0, 0, 0], beyond: [[2], [], []] })
    for (const name of 'ab') {
      stage.propose(0, command(name))
      stage.flow()
    }
    meet(stage)
    expect(stage.executed(3)).toBe('a')
    expect(
      stage
        .replica(3)
        .trace(2)[0]
        ?.map(({ phase, executed }) => ({ phase, executed })),
    ).toEqual([
      { phase: 'committed', executed: true },
      { phase: 'committed', executed: true },
    ])
  })

  it('executes what a voter tells it, and asks for what it has missed', () => {
    const stage = new Stage(3, undefined, 0, 1)
    meet(stage)
    for (const name of 'abc') {
      stage.propose(0, command(name))
      stage.flow()
    }
    expect(stage.executed(3)).toBe('a b c')
    stage.propose(0, command('d'))
    stage.mail = stage.mail.filter(({ to }) => to !== 3)
    while (stage.mail.length > 0) {
      stage.arrive(stage.mail.splice(0))
      stage.mail = stage.mail.filter(({ to }) => to !== 3)
    }
    expect(stage.executed(3)).toBe('a b c')
    meet(stage)
    expect(stage.executed(3)).toBe('a b c d')
    expect(stage.disk(3)).toEqual([])
  })

  it('follows another voter when its own falls silent', () => {
    const stage = new Stage(3, undefined, 0, 1)
    meet(stage)
    const followed = stage.replica(3).following
    const gone = [0, 1, 2].find((slot) => idOf(slot) === followed) as number
    stage.crash(gone)
    for (let i = 0; i < 6; i++) {
      for (const slot of stage.slots) if (slot !== gone) stage.tick(slot, 500)
      stage.flow()
    }
    expect(stage.replica(3).following).not.toBe(followed)
    const proposer = [0, 1, 2].find((slot) => slot !== gone) as number
    stage.propose(proposer, command('a'))
    stage.flow()
    for (const slot of stage.slots) if (slot !== gone) stage.tick(slot, 1000)
    stage.flow()
    expect(stage.executed(3)).toBe('a')
  })

  it('that is blocked by what nobody commits has a voter recover it', () => {
    const stage = new Stage(3, undefined, 0, 1)
    meet(stage)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.mail = []
    stage.crash(0)
    stage.propose(1, command('b'))
    stage.run(() => stage.executed(3).includes('b'))
    expect(stage.executed(3)).toBe(stage.executed(2))
  })

  it('of many is told several commits together: the voters go before it', () => {
    // Slots are single digits.
    const stage = new Stage(1, undefined, 0, 9)
    meet(stage)
    for (const name of 'abc') {
      stage.propose(0, command(name))
      stage.flow()
    }
    expect(stage.executed(0)).toBe('a b c')
    for (const slot of stage.slots.slice(1)) expect(stage.executed(slot)).toBe('')
    stage.tick(0, 50)
    for (const slot of stage.slots.slice(1)) expect(stage.find('commit', { to: slot })).toHaveLength(3)
    stage.flow()
    for (const slot of stage.slots) expect(stage.executed(slot)).toBe('a b c')
  })

  it('of many is told the seal, too, and comes to the next epoch without a snapshot', () => {
    const stage = new Stage(1, undefined, 0, 9)
    meet(stage)
    stage.propose(0, command('a'))
    stage.seal(0, [0])
    stage.flow()
    // What it was told by then is all that it needs.
    for (const slot of stage.slots) expect(stage.executed(slot)).toBe('a →1')
  })

  it('that misses the seal can fetch it for a while, though all voters are in the next epoch', () => {
    const stage = new Stage(1, undefined, 0, 1)
    meet(stage)
    stage.propose(0, command('a'))
    stage.seal(0, [0])
    stage.mail = []
    stage.tick(0, 3000)
    stage.mail = []
    stage.tick(1, 500)
    stage.flow()
    expect(stage.executed(1)).toBe('a →1')
    expect(stage.replica(1).status()).toMatchObject({ lost: undefined, configuration: { number: 1 } })
  })

  it('votes for nothing, whatever it is asked', () => {
    const stage = new Stage(3, undefined, 0, 1)
    const instance = { slot: 0, number: 1 }
    const value = { kind: 'commands', commands: [command('a')] } as const
    stage.tell(0, 3, { kind: 'pre-accept', epoch: 0, instance, value, deps: [0, 0, 0] })
    stage.tell(0, 3, { kind: 'accept', epoch: 0, instance, ballot: 0, value, deps: [0, 0, 0] })
    expect(stage.mail).toEqual([])
    expect(stage.disk(3)).toEqual([])
  })

  it('that was away for long needs a snapshot: what it lacks is gone', () => {
    const stage = new Stage(3, undefined, 0, 1)
    const { configuration } = stage.replica(3).status()
    stage.tell(1, 3, { kind: 'gone', epoch: 0, slot: 0, upTo: 1 })
    expect(stage.replica(3).status()).toMatchObject({ lost: { from: idOf(1), configuration }, stopped: undefined })
  })
})
