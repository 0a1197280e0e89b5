import { startRelay } from 'epaxos/relay/node'

/** A relay in a process of its own, which tells its address, and ends when nobody holds it any more. */
const relay = await startRelay()
process.send?.(relay.url)
process.once('disconnect', () => void relay.close())
