import { autopilot, type CreateOptions, type ReplicatedMap, replicatedMap } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { memory } from 'epaxos/storage/memory'
import { webRtc } from 'epaxos/transport/webrtc'
import { webSocket } from 'epaxos/transport/websocket'
import type { Address } from './address.js'

/** How this page opens rooms, as its address has it. */
export const optionsFor = ({ direct, stored, placePerTab, graceMs, relay }: Address): CreateOptions<ReplicatedMap> => {
  const storage = stored ? indexedDb() : memory()
  return {
    state: replicatedMap(),
    tabs: 'separate',
    storage: placePerTab ? { ...storage, place: async () => tab } : storage,
    transport: direct ? webRtc() : webSocket(),
    autopilot: autopilot({ memoryVoters: !stored, ...(graceMs !== undefined && { graceMs }) }),
    relay,
  }
}

/** Names this tab as if it were a browser of its own: 16 random bytes as hex digits. */
const tab = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
  '',
)
