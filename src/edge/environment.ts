import type { Environment } from '../room/index.js'
import { bytesToHex, ID_BYTES } from '../wire/index.js'
import type { Timekeeper } from './timekeeper.js'

const randomUnit = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32

/** What a room takes from its platform, in an object. */
export const environmentOf = (time: Timekeeper): Environment => ({
  now: () => time.nowMs(),
  today: () => Date.now(),
  startTicker: (call) => time.startTicker(call),
  after: (ms, call) => time.after(ms, call),
  random: randomUnit,
  id: () => bytesToHex(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
  // An object's storage is nobody's cache.
  persist: async () => true,
})
