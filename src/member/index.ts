export { type AutopilotOptions, autopilot, fixedVoters } from './autopilot.js'
export { type Answer, Client, type ClientOptions, type ClientReady, type Settled } from './client.js'
export type {
  Applied,
  MemberCheckpoint,
  MemberEvent,
  MemberOptions,
  MemberReady,
  MemberStatus,
} from './contract.js'
export { crc32 } from './crc32.js'
export type { Diverged } from './divergence.js'
export { Encoding, type KeptSnapshot } from './encoding.js'
export type { Draft, KeptProposal, Place } from './kept.js'
export { Member } from './member.js'
export {
  type Chunk,
  type Goodbye,
  MAX_DIGEST_PARTS,
  MAX_PART_CODE_UNITS,
  MAX_SINCE_CODE_UNITS,
  MAX_WANTED_CHUNKS,
  type MemberEnvelope,
  type MemberMessage,
  type NoSnapshot,
  type Offer,
  type Propose,
  type SnapshotHeader,
  type Standing,
  type StateDigest,
  type WantChunks,
  type WantSnapshot,
} from './message.js'
export type { Candidate, Decision, Policy, PolicyView } from './policy.js'
export { QueueFull } from './queue-full.js'
export {
  type Introduction,
  type KnownLife,
  MAX_STARTS,
  nextLife,
  type Start,
  Starts,
  type Verdict,
} from './starts.js'
