import { startRelay } from 'epaxos/relay/node'
import { answering, cpuMs } from './answering.js'

// The process of the relay, which node.ts starts: as who runs `epaxos relay` has it.

const relay = await startRelay()

answering(
  {
    relay: () => {
      const { framesReceived, bytesReceived, framesSent, bytesSent } = relay.counters()
      return {
        url: relay.url,
        cpuMs: cpuMs(),
        framesIn: framesReceived,
        bytesIn: bytesReceived,
        framesOut: framesSent,
        bytesOut: bytesSent,
      }
    },
  },
  () => relay.close(),
)
