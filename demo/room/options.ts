import { autopilot, type CreateOptions, type ReplicatedMap, replicatedMap } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { memory } from 'epaxos/storage/memory'
import { webRtc } from 'epaxos/transport/webrtc'
import { webSocket } from 'epaxos/transport/websocket'
import type { Address } from '../address.js'
import { Cable } from './cable.js'

/** How this page opens a room, as its address has it, and the cable that it hangs on. */
export const optionsFor = ({
  direct,
  stored,
  placePerTab,
  graceMs,
  relay,
}: Address): { readonly options: CreateOptions<ReplicatedMap>; readonly cable: Cable } => {
  const storage = stored ? indexedDb() : memory()
  const cable = new Cable(direct ? webRtc() : webSocket())
  const options: CreateOptions<ReplicatedMap> = {
    state: replicatedMap(),
    tabs: 'separate',
    storage: placePerTab ? { ...storage, place: async () => tab } : storage,
    transport: cable.transport,
    autopilot: autopilot({ memoryVoters: !stored, ...(graceMs !== undefined && { graceMs }) }),
    relay,
  }
  return { options, cable }
}

/** Names this tab as if it were a browser of its own: 16 random bytes as hex digits. */
const tab = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
  '',
)
