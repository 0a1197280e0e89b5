/**
 * The room of the relay in which a group meets: 32 hex digits that say nothing of the group's id to who does not know it.
 * It is the same for ever, so that those meet who know different secrets of the group.
 */
export const relayRoomOf = async (group: string, subtle: SubtleCrypto = crypto.subtle): Promise<string> => {
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(`epaxos room\0${group}`))
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
