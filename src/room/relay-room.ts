import { relayRoomOf } from '../transport/index.js'
import { decodeInvite } from '../wire/index.js'

/**
 * What the relay knows the room of an invite by: 32 hex digits, from which neither the group's id nor its secret can be
 * told. For tokens that let into this room only. @throws InvalidInvite
 */
export const relayRoom = (invite: string): Promise<string> => relayRoomOf(decodeInvite(invite).group)
