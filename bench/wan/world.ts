import type { Message } from 'epaxos/core'
import { Agenda } from './agenda.js'
import type { Course, Load } from './load.js'
import { wayMs } from './places.js'
import { Site } from './site.js'

/** After clients have stopped, until all is executed everywhere. */
const DRAIN_MS = 10_000

/** Real replicas in a world of virtual time, where nothing is lost and every way takes as long as it was measured to take. */
export const courseOf = (load: Load): Course => {
  const { places, runMs } = load
  const agenda = new Agenda()
  const ids = places.map((_, slot) => String(slot + 1).repeat(32))
  const sites: Site[] = []
  const send = (from: number, to: number, message: Message): void => {
    agenda.after(wayMs(places, from, to), () => sites[to]?.receive(ids[from] as string, message))
  }
  for (const slot of places.keys()) sites.push(new Site(slot, { load, agenda, ids, send }))
  agenda.runUntil(runMs + DRAIN_MS)
  const failures: string[] = []
  const unanswered = sites.reduce((sum, site) => sum + site.unanswered, 0)
  if (unanswered > 0) failures.push(`${unanswered} commands had no answer ${DRAIN_MS} ms after the last was asked for`)
  const [first] = sites
  if (sites.some(({ order, executed }) => order !== first?.order || executed !== first.executed))
    failures.push('voters have executed different commands, or the same in another order')
  const most = (half: 0 | 1): number => Math.max(...sites.map(({ lag }) => lag[half]))
  return { taken: sites.flatMap(({ taken }) => taken), lag: [most(0), most(1)], failures }
}
