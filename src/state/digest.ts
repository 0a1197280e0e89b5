/**
 * 32-bit hashes to be added up, in whatever order: FNV-1a, and MurmurHash3's finish, without which sums of similar texts are
 * similar. They tell accidents apart, not attacks.
 */
const BASIS = 0x811c9dc5 | 0
const PRIME = 0x01000193

/** @param start the hash of what came before */
export const hashText = (text: string, start: number = BASIS): number => {
  let hash = start
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
  return finished(hash ^ text.length)
}

export const hashBytes = (bytes: Uint8Array, start: number = BASIS): number => {
  let hash = start
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME)
  return finished(hash ^ bytes.length)
}

const finished = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) | 0
}
