import { startRelay } from 'epaxos/relay/node'
import { endWithParent } from './orphan.js'

// The storm's relay. It is never asked to stop.

endWithParent()
const { url } = await startRelay()
process.stdout.write(`${url}\n`)
