export type { ReplicaId } from '../core/index.js'
export {
  type Checkpoint,
  type CheckpointHeader,
  decodeCheckpointHeader,
  encodeCheckpointHeader,
} from './checkpoint.js'
export { type Codec, type Fields, fromBytes, list, optional, record, toBytes, variants } from './codec.js'
export { payload } from './command.js'
export { WireError, type WireErrorCode } from './error.js'
export { bytesToHex, decodeHex, encodeHex, hexToBytes, ID_BYTES } from './hex.js'
export { decodeInvite, encodeInvite, InvalidInvite, type Invite } from './invite.js'
export { decodeProposal, encodeProposal } from './kept.js'
export {
  decodeMemberKeys,
  decodeWrappedSecret,
  encodeMemberKeys,
  encodeWrappedSecret,
  MAX_SECRETS,
  type MemberKeys,
  type NumberedSecret,
  type WrappedSecret,
} from './keys.js'
export {
  LARGEST_PACKET_BYTES,
  MAX_MESSAGES_PER_PACKET,
  MAX_PACKET_BYTES,
  MAX_PACKET_ITEMS,
  MAX_PRESENCE_BYTES,
  MAX_PRESENCE_TABS,
  packetBytesFor,
  WIRE_VERSION,
} from './limits.js'
export { decodePacket, encodePacket, type Greeting, type Packet } from './packet.js'
export type { PresenceEntry } from './presence.js'
export { decodeBatch, encodeBatch, type RecordBatch } from './record.js'
export {
  type Address,
  type AddressedFrame,
  type CastFrame,
  CLOSE_CODES,
  type CloseReason,
  closeReasonFor,
  closeReasonOf,
  decodeRelayFrame,
  encodeRelayFrame,
  type JoinFrame,
  LIVENESS_ANSWER,
  LIVENESS_QUESTION,
  MAX_BODY_BYTES,
  MAX_CAST_PEERS,
  MAX_RELAY_FRAME_BYTES,
  MAX_ROOM_BYTES,
  MAX_TOKEN_BYTES,
  type RelayFrame,
  type RelayRate,
} from './relay-frames.js'
export { bytes, flag, id, integer, oneOf, text } from './scalar.js'
export { spans } from './span.js'
export { decodeIntroduction, decodeLives, encodeIntroduction, encodeLives } from './start.js'
export { TokenBucket } from './token-bucket.js'
