import type { HoldHow, StorageFactory } from '../../storage/index.js'
import { ContractBroken, must, mustBe } from '../contract-broken.js'
import type { Ground, StorageCase } from './ground.js'

type Hold = NonNullable<StorageFactory['hold']>

const atOnce: HoldHow = { ifAvailable: true }

/** As another process would ask; undefined where this storage leaves that to Web Locks. */
const holdIn = (ground: Ground): Hold | undefined => {
  const factory = ground.factory()
  return factory.hold?.bind(factory)
}

const mustGet = async (hold: Hold, name: string, how: HoldHow, what: string): Promise<() => void> => {
  const release = await hold(name, how)
  if (release === undefined) throw new ContractBroken(`${what}: it was not to be had`)
  return release
}

/** For storages that offer `hold`: what only one can have. */
export const holding: readonly StorageCase[] = [
  {
    name: 'a name that is held is not to be had at once by anybody else, until it is freed; other names are',
    async run(ground) {
      const [first, second] = [holdIn(ground), holdIn(ground)]
      if (first === undefined || second === undefined) return
      const release = await mustGet(first, `${ground.room}/a`, atOnce, 'a name that nobody has')
      for (const hold of [first, second]) {
        mustBe(await hold(`${ground.room}/a`, atOnce), undefined, 'what comes of asking for a name that is held')
      }
      const other = await mustGet(second, `${ground.room}/b`, atOnce, 'another name')
      other()
      release()
      const again = await mustGet(second, `${ground.room}/a`, atOnce, 'a name that was freed')
      again()
    },
  },
  {
    name: 'who waits for a name has it once it is freed',
    async run(ground) {
      const [first, second] = [holdIn(ground), holdIn(ground)]
      if (first === undefined || second === undefined) return
      const release = await mustGet(first, ground.room, atOnce, 'a name that nobody has')
      let isFree = false
      const waiting = second(ground.room, { signal: new AbortController().signal }).then((held) => {
        must(isFree, 'a name is to be had once it is free, not before')
        return held
      })
      mustBe(await first(ground.room, atOnce), undefined, 'what comes of asking meanwhile')
      isFree = true
      release()
      const held = await waiting
      mustBe(typeof held, 'function', 'what who waits gets once it is freed')
      held?.()
    },
  },
  {
    name: 'who gives up waiting for a name does not get it, and it is to be had by others',
    async run(ground) {
      const [first, second] = [holdIn(ground), holdIn(ground)]
      if (first === undefined || second === undefined) return
      const release = await mustGet(first, ground.room, atOnce, 'a name that nobody has')
      const enough = new AbortController()
      const waiting = second(ground.room, { signal: enough.signal })
      enough.abort()
      mustBe(await waiting, undefined, 'what comes of waiting that was given up')
      mustBe(await second(ground.room, enough), undefined, 'what comes of waiting that was given up before it began')
      release()
      const again = await mustGet(second, ground.room, atOnce, 'a name that was freed')
      again()
    },
  },
  {
    name: 'freeing a name twice takes it from nobody',
    async run(ground) {
      const hold = holdIn(ground)
      if (hold === undefined) return
      const first = await mustGet(hold, ground.room, atOnce, 'a name that nobody has')
      first()
      const second = await mustGet(hold, ground.room, atOnce, 'a name that was freed')
      first()
      mustBe(await hold(ground.room, atOnce), undefined, 'what comes of asking for a name that is held')
      second()
    },
  },
]
