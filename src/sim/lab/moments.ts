import type { Chronicle, Flight } from './contract.js'

/** The first recorded moment after `ms` at which anything happens, or a message arrives; gossip aside. */
export const nextMomentMs = (
  { happenings, flights }: Chronicle,
  ms: number,
  what: 'event' | 'message',
): number | undefined => {
  let next = Number.POSITIVE_INFINITY
  const consider = (atMs: number): void => {
    if (atMs > ms && atMs < next) next = atMs
  }
  for (const flight of flights) {
    if (flight.background) continue
    if (what === 'event') consider(flight.sentMs)
    if (isOver(flight, what)) consider(flight.lostMs ?? flight.endMs)
  }
  if (what === 'event') for (const { atMs } of happenings) consider(atMs)
  return next === Number.POSITIVE_INFINITY ? undefined : next
}

const isOver = ({ fate }: Flight, what: 'event' | 'message'): boolean =>
  what === 'message' ? fate === 'arrived' : fate !== 'under-way'
