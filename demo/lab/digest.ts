import type { LabSession } from 'epaxos/sim'
import { currentEpoch } from '../run/epochs.js'

/** Newer instances of each row than these are in the picture. */
const COLUMNS = 100

/**
 * A short name for what is seen: the moment, the branch, every member, every cell and what has become of each command.
 * Two pages with the same one show the same. `8f21c0de`
 */
export const digestOf = (session: LabSession): string => {
  const { positionMs, world, current } = session
  const { chronicle } = world
  const epoch = currentEpoch(chronicle, positionMs)
  const rows = chronicle.rows('all', epoch.number, positionMs, COLUMNS)
  const by = (ms: number | undefined): number | undefined => (ms !== undefined && ms <= positionMs ? ms : undefined)
  const seen = [
    positionMs,
    current.id,
    session.branches.map(({ name, forkMs, script }) => [name, forkMs, script.steps.length]),
    chronicle.members(positionMs),
    epoch.voters,
    rows.map((row) =>
      row.map(({ instance, phase, deps, position }) => [instance.slot, instance.number, phase, deps, position]),
    ),
    chronicle.deeds
      .filter(({ proposedMs }) => proposedMs <= positionMs)
      .map(({ name, replica, proposedMs, committedMs, executedMs }) => [
        name,
        replica,
        proposedMs,
        by(committedMs),
        by(executedMs),
      ]),
  ]
  return hashOf(JSON.stringify(seen))
}

/** FNV-1a over UTF-16 code units: same text, same eight digits. */
const hashOf = (text: string): string => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
