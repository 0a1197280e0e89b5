import { LastVoter, type ReplicatedMap, type Room } from 'epaxos'
import { sentence } from '../text.js'
import { ask } from './question.js'

/** Asks, and leaves for good; resolves with whether it has. */
export const leave = async (room: Room<ReplicatedMap>): Promise<boolean> => {
  const agreed = await ask({
    title: 'Leave for good?',
    text: 'If this tab votes, another member takes its place first. What it has stored is never used again: who opens the link here again comes as a new member.',
    yes: 'Leave',
  })
  if (!agreed) return false
  try {
    await room.leave()
    return true
  } catch (error) {
    if (!(error instanceof LastVoter)) throw error
    const insists = await ask({
      title: 'Nobody can take over',
      text: `${sentence(error.reason)} If this tab goes now, the room may never go on.`,
      yes: 'Leave anyway',
    })
    if (insists) await room.leave({ force: true })
    return insists
  }
}

/** Asks whether a room is to be given up for a new one that begins with what is here. */
export const agreesToRebuild = (): Promise<boolean> =>
  ask({
    title: 'Rebuild the room from this tab?',
    text: 'This founds a new room, with a new link, on what this tab has executed. What others had executed beyond that is lost. If the missing voters do come back, there are two rooms that know nothing of each other.',
    condition: 'The missing voters are gone for good.',
    yes: 'Rebuild',
  })
