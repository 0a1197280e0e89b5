/** What applications and adapters are tested by, as a page loads it. */
import { counter, defineState } from 'epaxos'
import { linkContract, testWorld } from 'epaxos/testing'
import { webRtc } from 'epaxos/transport/webrtc'

/** What each case of the link contract comes to where every link wants a channel to every other. */
export const linkOutcomes = async (relay: string): Promise<readonly string[]> => {
  const outcomes: string[] = []
  const cases = linkContract((options) => {
    const link = webRtc()({ relay, ...options })
    link.direct?.(Array.from('abcd', (digit) => digit.repeat(32)))
    return link
  })
  for (const { name, run } of cases) outcomes.push(`${name}: ${await run().then(() => 'holds', String)}`)
  return outcomes
}

/** Each change of what three members have executed, with its moment, over a network that loses packets. */
export const historyOf = async (seed: number): Promise<readonly string[]> => {
  const world = testWorld({ seed })
  const first = await world.found(defineState({ version: 1, parts: { visits: counter('visits') } }))
  const rooms = [first, await world.join(first), await world.join(first)]
  const history: string[] = []
  for (const room of rooms) {
    room.executed.subscribe((view) => history.push(`${world.nowMs} ${room.id} ${view.get('visits')}`))
  }
  await world.until(() => first.status.get().voters.length === 3)
  world.lossy(0.1)
  for (const room of rooms) for (let i = 0; i < 5; i++) room.mutate.visits.add({ by: 1 })
  await world.settle()
  await world.close()
  return history
}
