import { describe, expect, it } from 'vitest'
import type { Command } from '../core/index.js'
import type { StateMachine } from '../state/index.js'
import { autopilot } from './autopilot.js'
import { crc32 } from './crc32.js'
import { type Diverged, Divergence, type Position } from './divergence.js'
import type { StateDigest } from './message.js'
import { type Actor, idOf, Stage, towards } from './stage.js'

const [A, B, C] = [idOf('a'), idOf('b'), idOf('c')]

const utf8 = new TextDecoder()

const hash = (value: unknown): number => crc32(new TextEncoder().encode(JSON.stringify(value)))

interface Held {
  readonly state?: number
  readonly parts?: StateDigest['parts']
  /** Undefined: nowhere that others know. */
  readonly since?: string | undefined
  readonly ended?: StateDigest['ended']
}

/** A member with what it has executed and holds, and all that it says. */
class Teller {
  position: Position | undefined
  readonly sent: { readonly to: string; readonly told: StateDigest }[] = []
  readonly found: Diverged[] = []
  readonly divergence: Divergence = new Divergence({
    position: () => this.position,
    send: (to, message) => this.sent.push({ to, told: message as StateDigest }),
    found: (diverged) => this.found.push(diverged),
  })
  #now = 0

  /** Has executed that much, without gaps, and holds that. */
  at(frontier: readonly number[], held: Held = {}, epoch = 0): this {
    const digest = { state: 1, parts: [], since: '0', ended: undefined, ...held }
    const executed = { frontier, beyond: frontier.map(() => []) }
    this.position = { epoch, executed, digest: () => digest }
    return this
  }

  /** Looks once a second. */
  look(seconds: number, present: readonly string[] = [B, C]): void {
    for (let i = 0; i < seconds; i++) {
      this.#now += 1000
      this.divergence.look(this.#now, present)
    }
  }

  /** What it tells of where it is. */
  get told(): StateDigest {
    this.look(1)
    const told = this.sent.at(-1)?.told
    if (told === undefined) throw new Error('it has told nothing')
    return told
  }
}

const told = (frontier: readonly number[], held?: Held, epoch?: number): StateDigest =>
  new Teller().at(frontier, held, epoch).told

describe('a member', () => {
  it('tells all that are there what its state has come to, and had at the last seal or sweep', () => {
    const ended = { state: 6, parts: [['roll', 3]], since: '1', place: '2' } as const
    const one = new Teller().at([3, 1], { state: 7, parts: [['add', 5]], since: '2', ended }, 4)
    one.look(1)
    const digest = { kind: 'digest', epoch: 4, executed: [3, 1], state: 7, parts: [['add', 5]], since: '2', ended }
    expect(one.sent).toEqual([
      { to: B, told: digest },
      { to: C, told: digest },
    ])
  })

  it('tells it once, until it has executed more', () => {
    const one = new Teller().at([1])
    one.look(60)
    expect(one.sent).toHaveLength(2)
    one.at([2]).look(60)
    expect(one.sent).toHaveLength(4)
    one.at([2], {}, 1).look(60)
    expect(one.sent).toHaveLength(6)
  })

  it('tells it while it goes on executing: others may be busy all the time, and still be there just then', () => {
    const one = new Teller()
    for (let executed = 1; executed <= 6; executed++) one.at([executed]).look(1, [B])
    expect(one.sent.map(({ told }) => told.executed)).toEqual([[1], [3], [5]])
  })

  it('tells it every two seconds at most, however often it looks, so that being busy costs next to nothing', () => {
    const one = new Teller()
    for (let executed = 1; executed <= 10; executed++) one.at([executed]).divergence.look(executed * 400, [B])
    // At 400, 2400 and, not yet due, 4000.
    expect(one.sent.map(({ told }) => told.executed)).toEqual([[1], [6]])
  })

  it('tells nothing of a state with gaps, nor without any, nor where the machine can not tell', () => {
    const one = new Teller()
    one.look(5)
    one.position = { epoch: 0, executed: { frontier: [1, 1], beyond: [[], [3]] }, digest: () => expect.fail() }
    one.look(5)
    one.position = { epoch: 0, executed: { frontier: [1, 1], beyond: [[], []] }, digest: () => undefined }
    one.look(5)
    expect(one.sent).toEqual([])
  })

  it('waits for somebody to tell it to', () => {
    const one = new Teller().at([1])
    one.look(5, [])
    expect(one.sent).toEqual([])
    one.look(1, [B])
    expect(one.sent).toHaveLength(1)
  })

  it('tells eight at a time, and the others the next time', () => {
    const others = [...'123456789def'].map(idOf)
    const one = new Teller().at([1])
    one.look(5, others)
    expect(one.sent.map(({ to }) => to)).toEqual(others.slice(0, 8))
    one.at([2]).look(5, others)
    expect(one.sent.slice(8).map(({ to }) => to)).toEqual([...others.slice(8), ...others.slice(0, 4)])
  })

  it('tells of parts what fits: sixty-four names of some length, in order, as numbers of 32 bits', () => {
    const names = Array.from({ length: 70 }, (_, i) => `part ${i}`)
    const parts = ['x'.repeat(257), '\ud800', ...names].map((name) => [name, -1] as const)
    const { parts: fitting, state } = told([1], { parts, state: -2 })
    expect(fitting.map(([name]) => name)).toEqual(names.sort().slice(0, 64))
    expect(new Set(fitting.map(([, digest]) => digest))).toEqual(new Set([2 ** 32 - 1]))
    expect(state).toBe(2 ** 32 - 2)
    const { ended } = told([1], { ended: { state: -2, parts, since: '1', place: '2' } })
    expect(ended).toEqual({ state, parts: fitting, since: '1', place: '2' })
  })
})

describe('a member that is told what a state has come to', () => {
  const here = [3, 1]

  it('finds that it differs, and which mutators did it', () => {
    const one = new Teller().at(here, {
      state: 1,
      parts: [
        ['add', 1],
        ['pick', 1],
        ['roll', 1],
        ['set', 1],
      ],
    })
    one.divergence.step(
      B,
      told(here, {
        state: 2,
        parts: [
          ['add', 1],
          ['roll', 2],
          ['seed', 1],
          ['set', 1],
        ],
      }),
    )
    expect(one.divergence.found).toEqual([{ member: B, mutators: ['pick', 'roll', 'seed'] }])
    expect(one.found).toEqual(one.divergence.found)
  })

  it('finds nothing where they are equal', () => {
    const ended = { state: 6, parts: [['roll', 3]], since: '1', place: '2' } as const
    const one = new Teller().at(here, { parts: [['add', 1]], ended })
    one.divergence.step(B, told(here, { parts: [['add', 1]], ended }))
    expect(one.divergence.found).toEqual([])
    expect(one.sent).toEqual([])
  })

  it('finds results that differ over equal states: the parts count them, too', () => {
    const one = new Teller().at(here, {
      parts: [
        ['add', 1],
        ['roll', 1],
      ],
    })
    one.divergence.step(
      B,
      told(here, {
        parts: [
          ['add', 1],
          ['roll', 2],
        ],
      }),
    )
    expect(one.divergence.found).toEqual([{ member: B, mutators: ['roll'] }])
  })

  it.each([
    ['from different points', '1', '2'],
    ['from nowhere that others know', undefined, undefined],
  ])('finds nothing in the parts over equal states where they count %s', (_, since, theirs) => {
    const one = new Teller().at(here, { parts: [['add', 1]], since })
    one.divergence.step(B, told(here, { parts: [['add', 2]], since: theirs }))
    expect(one.divergence.found).toEqual([])
  })

  it.each([
    ['has executed more', told([4, 1], { state: 2 })],
    ['has executed less', told([2, 1], { state: 2 })],
    ['has executed something else', told([2, 2], { state: 2 })],
    ['is in another epoch', told(here, { state: 2 }, 1)],
    ['has another number of rows', told([3, 1, 0], { state: 2 })],
  ])('does not compare with one that %s', (_, other) => {
    const one = new Teller().at(here, { state: 1 })
    one.divergence.step(B, other)
    expect(one.divergence.found).toEqual([])
  })

  it('does not compare while it has gaps, or has nothing', () => {
    const one = new Teller()
    one.divergence.step(B, told(here, { state: 2 }))
    const whole = one.at(here, { state: 1 }).position as Position
    one.position = { ...whole, executed: { frontier: here, beyond: [[], [3]] } }
    one.divergence.step(B, told(here, { state: 2 }))
    one.position = { ...whole, digest: () => undefined }
    one.divergence.step(B, told(here, { state: 2 }))
    expect(one.divergence.found).toEqual([])
  })

  it.each([
    ['from different points', '1', '2'],
    ['from nowhere that others know', undefined, undefined],
  ])('names nobody where the parts count %s', (_, since, theirs) => {
    const one = new Teller().at(here, { state: 1, parts: [['add', 1]], since })
    one.divergence.step(B, told(here, { state: 2, parts: [['add', 2]], since: theirs }))
    expect(one.divergence.found).toEqual([{ member: B, mutators: [] }])
  })

  describe('of the last seal or sweep', () => {
    const ended = (rolled: number, about: Partial<NonNullable<StateDigest['ended']>> = {}): Held => ({
      ended: { state: rolled, parts: [['roll', rolled]], since: '1', place: '2', ...about },
    })

    it.each([
      ['is elsewhere by now', [9, 9], 0],
      ['is in another epoch by now', here, 1],
      ['holds the same by now', here, 0],
    ])('finds what differed there, and which mutators did it, where the other one %s', (_, frontier, epoch) => {
      const one = new Teller().at(here, ended(1))
      one.divergence.step(B, told(frontier, ended(2), epoch))
      expect(one.divergence.found).toEqual([{ member: B, mutators: ['roll'] }])
    })

    it('finds it while it has gaps itself, and tells the other one when it has none', () => {
      const one = new Teller().at(here, ended(1))
      const whole = one.position as Position
      one.position = { ...whole, executed: { frontier: here, beyond: [[], [3]] } }
      one.divergence.step(B, told([9, 9], ended(2)))
      expect(one.divergence.found).toEqual([{ member: B, mutators: ['roll'] }])
      expect(one.sent).toEqual([])
      one.position = whole
      expect(one.told.ended).toEqual(ended(1).ended)
    })

    it('names nobody where the two had begun to count at different places', () => {
      const one = new Teller().at(here, ended(1, { since: undefined }))
      one.divergence.step(B, told([9, 9], ended(2)))
      expect(one.divergence.found).toEqual([{ member: B, mutators: [] }])
    })

    it.each([
      ['were not at the same one last', ended(2, { place: '3' })],
      ['know of none', {}],
    ])('does not compare with those that %s', (_, held) => {
      const one = new Teller().at(here, ended(1))
      one.divergence.step(B, told([9, 9], held))
      expect(one.divergence.found).toEqual([])
    })

    it('names those that differed there before those that differ now: these may have used what was left', () => {
      const one = new Teller().at(here, { ...ended(1), state: 1, parts: [['copy', 1]] })
      one.divergence.step(B, told(here, { ...ended(2), state: 2, parts: [['copy', 2]] }))
      expect(one.divergence.found).toEqual([{ member: B, mutators: ['roll', 'copy'] }])
    })
  })

  it('keeps the names that it has found, in that order, though the parts count anew, and tells of each once', () => {
    const one = new Teller()
    const differing = (frontier: number, names: readonly string[]): void => {
      one.at([frontier], { state: 1, parts: names.map((name) => [name, 1]) })
      one.divergence.step(B, told([frontier], { state: 2, parts: names.map((name) => [name, 2]) }))
    }
    differing(1, ['roll'])
    differing(2, [])
    differing(3, ['roll'])
    differing(4, ['draw'])
    expect(one.found.map(({ mutators }) => mutators)).toEqual([['roll'], ['roll', 'draw']])
    expect(one.divergence.found).toEqual([{ member: B, mutators: ['roll', 'draw'] }])
  })

  it('forgets it once the states are equal again, and when its own was replaced', () => {
    const one = new Teller().at(here, { state: 1 })
    one.divergence.step(B, told(here, { state: 2 }))
    one.divergence.step(C, told(here, { state: 2 }))
    one.divergence.step(B, told(here, { state: 1 }))
    expect(one.divergence.found).toEqual([{ member: C, mutators: [] }])
    one.divergence.forget()
    expect(one.divergence.found).toEqual([])
  })

  it('keeps sixteen of them', () => {
    const one = new Teller().at(here, { state: 1 })
    for (let i = 0; i < 20; i++) one.divergence.step(`${i}`, told(here, { state: 2 }))
    expect(one.divergence.found).toHaveLength(16)
    expect(one.found).toHaveLength(16)
  })

  it('tells the other one too, and the two come to rest', () => {
    const one = new Teller().at(here, { state: 1, parts: [['roll', 1]] })
    const other = new Teller().at(here, { state: 2, parts: [['roll', 2]] })
    const { told: begun } = one
    one.sent.length = 0
    other.divergence.step(A, begun)
    for (const { told: answer } of other.sent) one.divergence.step(B, answer)
    expect(other.sent.map(({ to }) => to)).toEqual([A])
    for (const { told: answer } of one.sent) other.divergence.step(A, answer)
    expect(one.sent.map(({ to }) => to)).toEqual([B])
    expect(other.sent).toHaveLength(1)
    expect([one.divergence.found, other.divergence.found]).toEqual([
      [{ member: B, mutators: ['roll'] }],
      [{ member: A, mutators: ['roll'] }],
    ])
  })
})

describe('a group', () => {
  /** Gives a member's notes what they can be compared by: all of them, and by key what notes have come to since. */
  const digesting = (actor: Actor): void => {
    const { notes } = actor
    const apply = notes.apply.bind(notes)
    const parts = new Map<string, number>()
    const comparable: Pick<StateMachine, 'apply' | 'digest' | 'restartDigest'> = {
      apply: (command) => {
        const length = apply(command as Command)
        const key = utf8.decode(command.payload).split('=')[0] ?? ''
        parts.set(key, (parts.get(key) ?? 0) + hash(notes.notes.get(key)?.at(-1)))
        return length
      },
      digest: () => ({ state: hash([...notes.notes].sort()), parts: [...parts].sort() }),
      restartDigest: () => parts.clear(),
    }
    Object.assign(notes, comparable)
  }

  const start = (stage: Stage, actor: Actor): void => {
    stage.start(actor)
    digesting(actor)
  }

  const found = (stage: Stage): readonly [Actor, Actor, Actor] => {
    stage.found('abc')
    for (const actor of stage.actors.values()) digesting(actor)
    return [stage.actor('a'), stage.actor('b'), stage.actor('c')]
  }

  it('of equal states finds nothing, and says little: each tells each other one once', () => {
    const stage = new Stage()
    const all = found(stage)
    for (const actor of all) stage.note(actor, 'k', actor.name)
    stage.settle(...all)
    stage.run(60_000)
    expect(all.map(({ status }) => status.diverged)).toEqual([[], [], []])
    expect(stage.delivered.get('digest')).toBe(6)
  })

  it('that never rests notices it while it is busy', () => {
    const stage = new Stage()
    const [a, b, c] = found(stage)
    stage.settle(a, b, c)
    c.notes.notes.set('stray', ['of nobody'])
    for (let i = 0; i < 40; i++) {
      stage.note([a, b, c][i % 3] as Actor, `k${i}`, 'on and on')
      stage.run(700)
    }
    expect(a.status.diverged).toEqual([{ member: C, mutators: [] }])
    expect(b.status.diverged).toEqual([{ member: C, mutators: [] }])
  })

  it('notices at all members that one of them holds another state', () => {
    const stage = new Stage()
    const [a, b, c] = found(stage)
    stage.note(a, 'k', 'one')
    stage.settle(a, b, c)
    c.notes.notes.set('stray', ['of nobody'])
    stage.run(5000)
    expect(a.status.diverged).toEqual([{ member: C, mutators: [] }])
    expect(b.status.diverged).toEqual([{ member: C, mutators: [] }])
    expect(c.status.diverged.map(({ member }) => member).sort()).toEqual([A, B])
    expect(a.events('diverged').map(({ member }) => member)).toEqual([C])
  })

  it('names what is not deterministic, from the next epoch on', () => {
    let wanted = 'abc'
    const stage = new Stage(towards(() => wanted))
    const [a, b, c] = found(stage)
    const d = stage.join('d')
    digesting(d)
    stage.until(() => d.status.role === 'observer', 'd observes')
    wanted = 'abcd'
    stage.until(() => [a, b, c, d].every(({ status }) => status.configuration?.number === 1), 'all are in epoch 1')
    const apply = c.notes.apply.bind(c.notes)
    c.notes.apply = (command) => {
      const payload = utf8.decode(command.payload).replace('roll=', 'roll=6, and not ')
      return apply({ ...command, payload: new TextEncoder().encode(payload) })
    }
    for (const key of ['add', 'roll', 'set']) stage.note(a, key, '1')
    stage.until(() => a.status.pending === 0, 'all is executed')
    stage.run(10_000)
    for (const actor of [a, b, d]) expect(actor.status.diverged).toEqual([{ member: C, mutators: ['roll'] }])
  })

  it('names it, too, where an epoch ends before anybody could compare', () => {
    let wanted = 'abc'
    const stage = new Stage(towards(() => wanted))
    const [a, b, c] = found(stage)
    const d = stage.join('d')
    digesting(d)
    stage.until(() => d.status.role === 'observer', 'd observes')
    const apply = c.notes.apply.bind(c.notes)
    c.notes.apply = (command) => {
      const payload = utf8.decode(command.payload).replace('roll=', 'roll=6, and not ')
      return apply({ ...command, payload: new TextEncoder().encode(payload) })
    }
    stage.loses = (_, __, { kind }) => kind === 'digest'
    for (const key of ['add', 'roll', 'set']) stage.note(a, key, '1')
    stage.until(() => a.status.pending === 0, 'all is executed')
    wanted = 'abcd'
    stage.until(() => [a, b, c, d].every(({ status }) => status.configuration?.number === 1), 'all are in epoch 1')
    stage.loses = () => false
    stage.note(b, 'set', '2')
    stage.run(10_000)
    for (const actor of [a, b]) expect(actor.status.diverged).toEqual([{ member: C, mutators: ['roll'] }])
    expect(c.status.diverged.map(({ mutators }) => mutators)).toContainEqual(['roll'])
  })

  it.each([1, 2, 3])('finds nothing through churn: joins, crashes, seals, lost messages (seed %i)', (seed) => {
    const stage = new Stage(autopilot({ graceMs: 3000 }), {}, seed)
    const all: Actor[] = [...found(stage)]
    const draw = (n: number): number => Math.floor(stage.random() * n)
    let lossy = true
    stage.loses = () => lossy && draw(20) === 0
    for (const name of ['', 'd', '', 'e', '', 'f', '', '']) {
      if (name !== '') {
        const joined = stage.join(name)
        digesting(joined)
        all.push(joined)
      }
      const crashed = all[draw(all.length)] as Actor
      stage.crash(crashed)
      const up = all.filter((actor) => actor.up)
      for (let i = 0; i < 20; i++) stage.note(up[draw(up.length)] as Actor, `k${draw(4)}`, `${i}`)
      stage.run(3000 + draw(6000))
      start(stage, crashed)
      stage.run(3000)
    }
    lossy = false
    stage.settle(...all)
    stage.run(10_000)
    expect(all.flatMap((actor) => actor.events('diverged'))).toEqual([])
    expect(stage.delivered.get('digest')).toBeGreaterThan(50)
  })

  it('of a machine that can not tell says nothing', () => {
    const stage = new Stage()
    stage.found('abc')
    stage.note(stage.actor('a'), 'k', 'one')
    stage.run(10_000)
    expect(stage.delivered.get('digest')).toBeUndefined()
  })
})
