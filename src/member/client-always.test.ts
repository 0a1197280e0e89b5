import { beforeAll, describe, expect, it } from 'vitest'
import type { Command } from '../core/index.js'
import type { Outcome } from '../state/index.js'
import { type MakeClient, World } from './client/stage.js'
import { Broken, PROMISES, type PromiseName } from './client/stage-words.js'
import { Client, type ClientOptions, type ClientReady, type Settled } from './client.js'
import type { Draft } from './kept.js'

// What a client promises, whatever happens; and that it would show if one of the promises were broken.

/** `SEEDS=17` or `SEEDS=1000-1999` in the environment: other worlds than those that are tried each time. */
const [FIRST = 1, LAST = FIRST] = (process.env.SEEDS ?? '1-200').split('-').map(Number)
/** A fault shows in one of so many. */
const WORLDS_OF_A_FAULT = 500

const brokenIn = (world: World): Broken | undefined => {
  try {
    world.run()
    return undefined
  } catch (error) {
    if (error instanceof Broken) return error
    throw new Error(`in the world of seed ${world.seed}`, { cause: error })
  }
}

describe('in a world that loses, repeats, reorders, sweeps, crashes and leaps ahead', () => {
  const happened = new Set<string>()
  const broken: Broken[] = []

  beforeAll(() => {
    for (let seed = FIRST; seed <= LAST; seed++) {
      const world = new World(seed, (options) => new Client(options))
      const one = brokenIn(world)
      if (one !== undefined) broken.push(one)
      for (const event of world.happened.keys()) happened.add(event)
    }
  }, 600_000)

  it.each(Object.entries(PROMISES))('%s: %s', (name) => {
    const first = broken.find(({ promise }) => promise === name)
    if (first !== undefined) throw first
  })

  // Few worlds tell nothing about that.
  if (process.env.SEEDS === undefined) {
    it('all that can happen has happened', () => {
      const outcomes = ['done', 'early', 'expired', 'acknowledged']
      const answers = ['answer done', 'answer expired', 'answer unknown']
      const events = ['take', 'bring again', 'send', 'sweep', 'leap', 'crash', 'at rest']
      expect(happened).toEqual(new Set([...events, ...outcomes, ...answers]))
    })
  }
})

/** A client that does one thing wrong. */
type Fault = readonly [what: string, make: MakeClient, breaks: PromiseName]

const changing = (change: (ready: ClientReady) => ClientReady): MakeClient => {
  class Changing extends Client {
    override ready(isQuiet: boolean): ClientReady | undefined {
      const ready = super.ready(isQuiet)
      return ready && change(ready)
    }
  }
  return (options) => new Changing(options)
}

const sending = (change: (command: Command) => Command): MakeClient =>
  changing((ready) => ({ ...ready, commands: ready.commands.map(change) }))

const hearing = (
  hear: (command: Command, outcome: Outcome, rightly: (outcome: Outcome) => Settled | undefined) => Settled | undefined,
): MakeClient => {
  class Hearing extends Client {
    override executed(command: Command, outcome: Outcome): Settled | undefined {
      return hear(command, outcome, (heard) => super.executed(command, heard))
    }
  }
  return (options) => new Hearing(options)
}

const beginning = (change: (options: ClientOptions) => ClientOptions): MakeClient => {
  return (options) => new Client(change(options))
}

/** It doesn't care that somebody may bring it again. */
class Careless extends Client {
  override add(draft: Draft): void {
    super.add(draft)
  }
}

/** Whatever it did not see did not happen. */
class Sure extends Client {
  override skipped(): void {}
}

/** What was stored before it was placed is for it as if it had just been taken: so it is sent at once, from its first place. */
class Forgetful extends Client {
  constructor(options: ClientOptions) {
    super({ ...options, kept: options.kept.filter(({ place }) => place !== undefined) })
    for (const { place, ...draft } of options.kept) if (place === undefined) this.add({ ...draft, lasting: true })
  }
}

describe('it would show if a client', () => {
  const answered = new Map<string, Settled>()

  it.each<Fault>([
    ['names nothing that its commands must not overtake', sending((one) => ({ ...one, after: [] })), 'order'],
    [
      'names only the first that its commands must not overtake',
      sending((one) => ({ ...one, after: one.after.slice(0, 1) })),
      'order',
    ],
    [
      'declares not all that its commands touch',
      sending((one) => ({ ...one, spans: one.spans.slice(0, 1) })),
      'replicas',
    ],
    ['sends what is stored without a place before its place is', (options) => new Forgetful(options), 'durable'],
    [
      'takes no heed of the places that are stored',
      beginning((options) => ({ ...options, kept: options.kept.map((kept) => ({ ...kept, place: undefined })) })),
      'once',
    ],
    [
      'stores no places',
      changing((ready) => ({ ...ready, put: ready.put.map((kept) => ({ ...kept, place: undefined })) })),
      'durable',
    ],
    ['takes nothing for unseen', (options) => new Sure(options), 'once'],
    ['sends at once what may be brought again', (options) => new Careless(options), 'durable'],
    [
      'sends something else than it stores',
      changing((ready) => ({
        ...ready,
        put: ready.put.map(({ place, ...kept }) => ({ ...kept, place: place && { ...place, acknowledged: 0 } })),
      })),
      'same',
    ],
    [
      'has more on the way than a window',
      beginning((options) => ({ ...options, window: options.window + 1 })),
      'window',
    ],
    [
      'sends everything twice',
      changing((ready) => ({ ...ready, commands: [...ready.commands, ...ready.commands] })),
      'window',
    ],
    [
      'says that it has answers that it has not',
      sending((one) => ({ ...one, acknowledged: one.sequence - 1 })),
      'truth',
    ],
    [
      'answers each instance',
      hearing(({ session, sequence }, outcome, rightly) => {
        const place = `${session}/${sequence}`
        const answer = rightly(outcome) ?? answered.get(place)
        if (answer !== undefined) answered.set(place, answer)
        return answer
      }),
      'answer',
    ],
    [
      'does not hear that something came early',
      hearing((_, outcome, rightly) => (outcome.kind === 'early' ? undefined : rightly(outcome))),
      'end',
    ],
    [
      'overlooks the first of what is stored',
      beginning((options) => ({ ...options, kept: options.kept.slice(1) })),
      'lost',
    ],
    ['never removes what has its answer', changing((ready) => ({ ...ready, removed: [] })), 'empty'],
  ])('%s', (_, make, promise) => {
    const seeds = Array.from({ length: WORLDS_OF_A_FAULT }, (_, at) => at + 1)
    const isNoticed = (seed: number): boolean => brokenIn(new World(seed, make))?.promise === promise
    expect(seeds.find(isNoticed)).toBeDefined()
  })
})
