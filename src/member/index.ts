export { type AutopilotOptions, autopilot, fixedVoters } from './autopilot.js'
export type {
  Applied,
  MemberCheckpoint,
  MemberEvent,
  MemberOptions,
  MemberReady,
  MemberStatus,
} from './contract.js'
export { crc32 } from './crc32.js'
export { Encoding, type KeptSnapshot } from './encoding.js'
export { Member } from './member.js'
export {
  type Chunk,
  type Goodbye,
  MAX_WANTED_CHUNKS,
  type MemberEnvelope,
  type MemberMessage,
  type NoSnapshot,
  type Offer,
  type Propose,
  type SnapshotHeader,
  type Standing,
  type WantChunks,
  type WantSnapshot,
} from './message.js'
export type { Candidate, Decision, Policy, PolicyView } from './policy.js'
export {
  type Introduction,
  type KnownLife,
  MAX_STARTS,
  nextLife,
  type Start,
  Starts,
  type Verdict,
} from './starts.js'
