import { describe, expect, it } from 'vitest'
import { type Command, CommandTooLarge, MAX_AFTER, read, type Span, write } from '../core/index.js'
import type { Outcome } from '../state/index.js'
import { Client, type ClientOptions, type ClientReady } from './client.js'
import type { Draft, KeptProposal } from './kept.js'
import { QueueFull } from './queue-full.js'

const idOf = (number: number): string => number.toString(16).padStart(32, '0')
const numberOf = (id: string): number => Number.parseInt(id, 16)

/** Without spans, it interferes with no other. */
const draft = (number: number, ...spans: Span[]): Draft => ({
  id: idOf(number),
  spans,
  payload: Uint8Array.of(number),
  lasting: true,
})
const fleeting = (number: number, ...spans: Span[]): Draft => ({ ...draft(number, ...spans), lasting: false })
const X = write('x')
const Y = write('y')

const DONE: Outcome = { kind: 'done', result: 1 }
const EARLY: Outcome = { kind: 'early' }
const EXPIRED: Outcome = { kind: 'expired' }

/** A client with a disk, and nothing else: what it sends is only noted. */
class Desk {
  readonly client: Client
  readonly disk: Map<string, KeptProposal>
  readonly sent: Command[] = []
  /** Every life has a chance of its own. */
  static #lives = 0
  #looked = 0
  #seed = 37 * Desk.#lives++
  sweeps = 0

  constructor(options: Partial<ClientOptions> = {}) {
    this.disk = new Map(options.kept?.map((kept) => [kept.id, kept]))
    this.client = new Client({
      random: () => (++this.#seed * 0.618) % 1,
      sweeps: () => this.sweeps,
      kept: [],
      maxProposals: 1000,
      maxBytes: 1 << 20,
      maxCommandBytes: 1 << 20,
      window: 100,
      ...options,
    })
  }

  add(...drafts: Draft[]): this {
    for (const each of drafts) this.client.add(each)
    return this
  }

  online(): this {
    this.client.setOnline(true)
    return this
  }

  /** What is handed out, and not written yet. */
  ready(isQuiet: boolean = false): ClientReady | undefined {
    const ready = this.client.ready(isQuiet)
    this.sent.push(...(ready?.commands ?? []))
    return ready
  }

  write(ready: ClientReady | undefined): void {
    if (ready === undefined) return
    for (const kept of ready.put) this.disk.set(kept.id, kept)
    for (const id of ready.removed) this.disk.delete(id)
    this.client.written(ready)
  }

  /** Until there is nothing left to do. */
  run(isQuiet: boolean = true): this {
    for (let ready = this.ready(isQuiet); ready !== undefined; ready = this.ready(isQuiet)) this.write(ready)
    return this
  }

  /** Of each that was sent since the last look: which, with what sequence, and after which sequences. */
  look(): (readonly number[])[] {
    const fresh = this.sent.slice(this.#looked)
    this.#looked = this.sent.length
    return fresh.map(({ payload: [number = 0], sequence, after }) => [number, sequence, ...after])
  }

  command(number: number): Command {
    const found = this.sent.findLast(({ payload }) => payload[0] === number)
    if (found === undefined) throw new Error(`${number} was not sent`)
    return found
  }

  /** The replica comes to the last that was sent of it. */
  executed(number: number, outcome: Outcome = DONE): unknown {
    const settled = this.client.executed(this.command(number), outcome)
    return settled && [numberOf(settled.id), settled.answer.kind]
  }

  get kept(): readonly (readonly [number: number, sequence: number | undefined])[] {
    return Array.from(this.disk.values(), ({ id, place }) => [numberOf(id), place?.sequence] as const)
  }

  /** The next life, on what the disk holds. */
  restarted(options: Partial<ClientOptions> = {}): Desk {
    return new Desk({ kept: [...this.disk.values()], ...options })
  }
}

describe('while there is no quorum', () => {
  it('proposals are kept, in order, and nothing is sent', () => {
    const desk = new Desk().add(draft(1), draft(2)).run()
    expect(desk.look()).toEqual([])
    expect(desk.kept).toEqual([
      [1, undefined],
      [2, undefined],
    ])
    expect(desk.client.drafts.map(({ id }) => numberOf(id))).toEqual([1, 2])
  })

  it('and once there is one, they are sent in order, each as soon as its place is durable', () => {
    const desk = new Desk().add(draft(1), draft(2)).run().online()
    const ready = desk.ready()
    expect(desk.look()).toEqual([])
    expect(desk.ready()).toBeUndefined()
    desk.write(ready)
    expect(desk.kept).toEqual([
      [1, 1],
      [2, 2],
    ])
    desk.run()
    expect(desk.look()).toEqual([
      [1, 1],
      [2, 2],
    ])
  })
})

describe('what is sent', () => {
  it('leaves at once where nothing of it was stored without a place, and is stored beside that', () => {
    const desk = new Desk().online().add(draft(1))
    const ready = desk.ready()
    expect(desk.look()).toEqual([[1, 1]])
    expect(ready?.put.map(({ place }) => place?.sequence)).toEqual([1])
  })

  it('leaves once its place is durable where somebody may bring it again', () => {
    const desk = new Desk().online()
    desk.client.add(draft(1), true)
    const ready = desk.ready()
    expect(desk.look()).toEqual([])
    desk.write(ready)
    desk.run()
    expect(desk.look()).toEqual([[1, 1]])
  })

  it('is not stored where it does not last', () => {
    const desk = new Desk().add(fleeting(1)).run().online().run()
    expect(desk.look()).toEqual([[1, 1]])
    expect(desk.disk.size).toBe(0)
    expect(desk.executed(1)).toEqual([1, 'done'])
    expect(desk.ready(true)).toBeUndefined()
  })

  it('is taken once by its id', () => {
    const desk = new Desk().online().add(draft(1), draft(1)).run()
    expect(desk.look()).toEqual([[1, 1]])
    expect(desk.client.size).toBe(1)
  })

  it('never is more than the window at a time; the rest waits in order', () => {
    const desk = new Desk({ window: 2 }).online().add(draft(1), draft(2), draft(3), draft(4)).run()
    expect(desk.look().map(([number]) => number)).toEqual([1, 2])
    desk.executed(2)
    desk.run()
    expect(desk.look().map(([number]) => number)).toEqual([3])
    desk.executed(1)
    desk.executed(3)
    desk.run()
    expect(desk.look().map(([number]) => number)).toEqual([4])
  })

  it('says up to where all before it have their answers', () => {
    const desk = new Desk().online().add(draft(1), draft(2), draft(3)).run()
    desk.executed(1)
    desk.executed(3)
    desk.add(draft(4)).run()
    expect(desk.command(4).acknowledged).toBe(1)
    desk.executed(2)
    desk.add(draft(5)).run()
    expect(desk.command(5).acknowledged).toBe(3)
  })

  it('tells the first commit of it, and no other', () => {
    const desk = new Desk().online().add(draft(1)).run()
    expect(desk.client.committed(desk.command(1))).toBe(idOf(1))
    expect(desk.client.committed(desk.command(1))).toBeUndefined()
    expect(desk.client.committed({ ...desk.command(1), session: idOf(9) })).toBeUndefined()
  })
})

describe('of what interferes', () => {
  it('each comes after the last open one before it that changes what it touches', () => {
    const desk = new Desk()
      .online()
      .add(draft(1, X), draft(2, read('x')), draft(3, X), draft(4, read('x')))
      .run()
    expect(desk.look()).toEqual([
      [1, 1],
      [2, 2, 1],
      [3, 3, 1],
      [4, 4, 3],
    ])
    desk.executed(1)
    desk.executed(3)
    expect(desk.add(draft(5, X)).run().look()).toEqual([[5, 5]])
  })

  it('one that would come after too many waits, and all behind it, until enough are answered', () => {
    const writers = Array.from({ length: MAX_AFTER + 1 }, (_, at) => draft(at + 1, write(`k${at}`)))
    const all = writers.flatMap(({ spans }) => spans)
    const desk = new Desk()
      .online()
      .add(...writers, draft(50, ...all), draft(51, write('other')))
      .run()
    expect(desk.look().map(([number]) => number)).toEqual(writers.map((_, at) => at + 1))
    desk.executed(3)
    desk.run()
    expect(desk.look()).toEqual([
      [50, MAX_AFTER + 2, ...[1, 2, 4, 5, 6, 7, 8, 9]],
      [51, MAX_AFTER + 3],
    ])
  })

  it('an early one comes again, as it was, once what it came before has its answer', () => {
    const desk = new Desk().online().add(draft(1, X), draft(2, X)).run()
    desk.look()
    expect(desk.executed(2, EARLY)).toBeUndefined()
    expect(desk.run().look()).toEqual([])
    expect(desk.executed(1)).toEqual([1, 'done'])
    expect(desk.run().look()).toEqual([[2, 2, 1]])
    expect(desk.executed(2)).toEqual([2, 'done'])
  })

  it('an early one that another instance has executed meanwhile is not sent again', () => {
    const desk = new Desk().online().add(draft(1, X), draft(2, X)).run()
    desk.look()
    desk.executed(2, EARLY)
    desk.executed(1)
    expect(desk.executed(2)).toEqual([2, 'done'])
    expect(desk.run().look()).toEqual([])
  })

  it('one that would certainly come early waits until what it must not overtake was sent', () => {
    // What was kept offline is sent once its place is durable; what comes meanwhile would be quicker.
    const desk = new Desk().add(draft(1, X), draft(2, X)).run().online()
    const placed = desk.ready()
    desk.add(draft(3, X), draft(4, Y))
    desk.ready()
    expect(desk.look().map(([number]) => number)).toEqual([4])
    desk.write(placed)
    desk.ready()
    expect(desk.look().map(([number]) => number)).toEqual([1, 2, 3])
  })

  it('early ones leave room on the way for those that they wait for, which come again as well', () => {
    const desk = new Desk({ window: 2 }).online().add(draft(1, X), draft(2, X), draft(3, X)).run()
    expect(desk.look().map(([number]) => number)).toEqual([1, 2])
    desk.executed(2, EARLY)
    expect(desk.run().look()).toHaveLength(0)
    desk.executed(1)
    desk.run()
    expect(
      desk
        .look()
        .map(([number]) => number)
        .sort(),
    ).toEqual([2, 3])
  })
})

describe('what may wait', () => {
  it('is bounded by number, and what is answered makes room', () => {
    const desk = new Desk({ maxProposals: 2 }).online().add(draft(1), draft(2)).run()
    expect(() => desk.add(draft(3))).toThrow(QueueFull)
    expect(desk.client.size).toBe(2)
    desk.executed(1)
    expect(() => desk.add(draft(3))).not.toThrow()
  })

  it('is bounded by bytes, and nothing is taken of what is too much', () => {
    const large = (number: number): Draft => ({ ...draft(number), payload: new Uint8Array(400) })
    const desk = new Desk({ maxBytes: 1000 }).add(large(1), large(2))
    expect(() => desk.add(large(3))).toThrow(QueueFull)
    expect(() => desk.add(draft(4))).not.toThrow()
    expect(desk.client.drafts.map(({ id }) => numberOf(id))).toEqual([1, 2, 4])
  })

  it('is no command that is too large', () => {
    const desk = new Desk({ maxCommandBytes: 100 })
    expect(() => desk.add({ ...draft(1), payload: new Uint8Array(200) })).toThrow(CommandTooLarge)
    expect(desk.client.size).toBe(0)
  })
})

describe('what is answered', () => {
  it('is forgotten: at a quiet time, or along with something else', () => {
    const desk = new Desk().online().add(draft(1), draft(2)).run()
    desk.executed(1)
    expect(desk.ready(false)).toBeUndefined()
    expect(desk.ready(true)?.removed).toEqual([idOf(1)])
    desk.executed(2)
    expect(desk.add(draft(3)).ready(false)?.removed).toEqual([idOf(2)])
  })

  it('is answered once', () => {
    const desk = new Desk().online().add(draft(1)).run()
    expect(desk.executed(1)).toEqual([1, 'done'])
    expect(desk.executed(1)).toBeUndefined()
  })

  it('is not put where that was still to be done', () => {
    const desk = new Desk().online().add(fleeting(1)).run()
    expect(desk.executed(1, { kind: 'threw', message: 'no' })).toEqual([1, 'threw'])
    expect(desk.run().disk.size).toBe(0)
  })
})

describe('after a restart', () => {
  it('what had a place is sent as it was, at first, and what had none gets one in a new session', () => {
    const before = new Desk().online().add(draft(1, X)).run()
    before.client.setOnline(false)
    before.add(draft(2, write('y')), draft(3, write('z'))).run()
    const desk = before.restarted().online().run()
    expect(desk.look()).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ])
    expect(desk.command(1)).toEqual(before.command(1))
    expect(desk.command(2).session).not.toBe(before.command(1).session)
  })

  it('what interferes with one of another session waits for its answer, and all behind it', () => {
    const before = new Desk().online().add(draft(1, X)).run()
    before.client.setOnline(false)
    const desk = before.add(draft(2, X), draft(3)).run().restarted().online().run()
    expect(desk.look().map(([number]) => number)).toEqual([1])
    desk.executed(1)
    expect(
      desk
        .run()
        .look()
        .map(([number]) => number),
    ).toEqual([2, 3])
  })

  it('what an earlier life had the answer of is answered that this is not known', () => {
    const desk = new Desk().online().add(draft(1)).run().restarted().online().run()
    expect(desk.executed(1, { kind: 'acknowledged' })).toEqual([1, 'unknown'])
  })

  it('it is not known either what became of one whose session has ended', () => {
    const desk = new Desk().online().add(draft(1)).run().restarted().online().run()
    expect(desk.executed(1, EXPIRED)).toEqual([1, 'unknown'])
    expect(desk.run().disk.size).toBe(0)
  })

  it('what does not last is gone', () => {
    const before = new Desk().online().add(fleeting(1), draft(2)).run()
    expect(before.restarted().client.drafts.map(({ id }) => numberOf(id))).toEqual([2])
  })
})

describe('a session', () => {
  it('gives way to a new one while it is young enough to be known still', () => {
    const desk = new Desk().online().add(draft(1)).run()
    desk.sweeps = 4
    desk.add(draft(2)).run()
    expect(desk.command(2).session).toBe(desk.command(1).session)
    desk.sweeps = 5
    desk.add(draft(3)).run()
    expect(desk.command(3).session).not.toBe(desk.command(1).session)
  })

  it('that has ended has what was not executed in it placed anew, durably and in order, before it is sent', () => {
    const desk = new Desk().online().add(draft(1, X), draft(2, X)).run()
    const [{ session = '' } = {}] = desk.sent
    desk.look()
    expect(desk.executed(2, EXPIRED)).toBeUndefined()
    // It must not overtake the one that has not heard yet.
    expect(desk.run().look()).toEqual([])
    expect(desk.executed(1, EXPIRED)).toBeUndefined()
    const placed = desk.ready()
    expect(desk.look()).toEqual([])
    desk.write(placed)
    expect(desk.run().look()).toEqual([
      [1, 1],
      [2, 2, 1],
    ])
    expect(desk.command(1).session).not.toBe(session)
    expect(desk.command(2).session).toBe(desk.command(1).session)
  })

  it('that has ended while a whole state came from elsewhere leaves what became of its commands unknown', () => {
    const desk = new Desk().online().add(draft(1)).run()
    desk.client.skipped()
    expect(desk.executed(1, EXPIRED)).toEqual([1, 'unknown'])
  })

  it('that ends a third time has what it held refused for good', () => {
    const desk = new Desk().online().add(draft(1)).run()
    expect(desk.executed(1, EXPIRED)).toBeUndefined()
    desk.run()
    expect(desk.executed(1, EXPIRED)).toBeUndefined()
    desk.run()
    expect(desk.executed(1, EXPIRED)).toEqual([1, 'expired'])
    expect(desk.client.size).toBe(0)
  })
})

it('a thousand at once are placed, sent and answered in next to no time', () => {
  const desk = new Desk({ window: 1000 }).online()
  const started = performance.now()
  for (let number = 0; number < 1000; number++) {
    desk.client.add({ ...draft(number, write(`k${number % 10}`)), id: idOf(number) })
  }
  desk.run()
  for (const command of desk.sent) desk.client.executed(command, DONE)
  desk.run()
  expect(desk.client.size).toBe(0)
  // It takes about ten milliseconds: what would be quadratic takes seconds.
  expect(performance.now() - started).toBeLessThan(500)
})

it('what is written is told in its order', () => {
  const desk = new Desk().add(draft(1))
  const first = desk.ready() as ClientReady
  const second = desk.add(draft(2)).ready() as ClientReady
  expect(() => desk.client.written(second)).toThrow(RangeError)
  desk.client.written(first)
  desk.client.written(second)
})
