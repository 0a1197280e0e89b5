import type { InstanceId } from '../../core/index.js'
import type { Chronicle, Flight, Happening } from './contract.js'

/** All that a chronicle tells of one instance, in the order in which it came. */
export interface Story {
  readonly happenings: readonly Happening[]
  readonly flights: readonly Flight[]
}

interface OpenStory {
  readonly happenings: Happening[]
  readonly flights: Flight[]
}

/** Chronicles grow at their ends: of each, what was sorted by instances before need not be again. */
class Shelf {
  readonly #stories = new Map<string, OpenStory>()
  #happenings = 0
  #flights = 0

  of(chronicle: Chronicle, epoch: number, instance: InstanceId): Story {
    const { happenings, flights } = chronicle
    for (const one of happenings.slice(this.#happenings)) {
      if ('instance' in one) this.#story(one.epoch, one.instance).happenings.push(one)
    }
    for (const one of flights.slice(this.#flights)) {
      if (one.instance !== undefined) this.#story(one.epoch, one.instance).flights.push(one)
    }
    this.#happenings = happenings.length
    this.#flights = flights.length
    return this.#story(epoch, instance)
  }

  #story(epoch: number, { slot, number }: InstanceId): OpenStory {
    const key = `${epoch}:${slot}.${number}`
    const story = this.#stories.get(key) ?? { happenings: [], flights: [] }
    this.#stories.set(key, story)
    return story
  }
}

const shelves = new WeakMap<Chronicle, Shelf>()

export const storyOf = (chronicle: Chronicle, epoch: number, instance: InstanceId): Story => {
  const shelf = shelves.get(chronicle) ?? new Shelf()
  shelves.set(chronicle, shelf)
  return shelf.of(chronicle, epoch, instance)
}
