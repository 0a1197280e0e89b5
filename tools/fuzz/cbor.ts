/** CBOR as this project writes it, and worse: written down a second time, so that what is hostile can be written too. */

/** Bytes to be written as they are, in place of an item. */
export class Raw {
  constructor(readonly bytes: Uint8Array) {}
}

export type Tree = number | bigint | boolean | null | Uint8Array | Raw | readonly Tree[]

const [UNSIGNED, BYTE_STRING, ARRAY] = [0, 2, 4]

/** What sound bytes hold: unsigned integers, byte strings, arrays, false, true and null. */
export const treeOf = (bytes: Uint8Array): Tree => {
  let at = 0
  const item = (): Tree => {
    const head = bytes[at++] as number
    if (head >= 0xf4) return head === 0xf6 ? null : head === 0xf5
    let argument = head & 0x1f
    if (argument >= 24) {
      const end = at + 2 ** (argument - 24)
      for (argument = 0; at < end; at++) argument = argument * 256 + (bytes[at] as number)
    }
    switch (head >> 5) {
      case UNSIGNED:
        return argument
      case BYTE_STRING:
        at += argument
        return bytes.slice(at - argument, at)
      case ARRAY:
        return Array.from({ length: argument }, item)
      default:
        throw new TypeError(`the byte ${head} stands at ${at - 1}: this is not what the project writes`)
    }
  }
  return item()
}

/** Beyond the limits of lists and of byte strings; what is larger by itself takes longer, for no other reason. */
const LARGEST_BYTES = 80 << 10

const room = new Uint8Array(LARGEST_BYTES)
const view = new DataView(room.buffer)
let used = 0

/** Undefined: it takes too many. */
export const bytesOf = (tree: Tree): Uint8Array | undefined => {
  used = 0
  return write(tree) ? room.slice(0, used) : undefined
}

const write = (tree: Tree): boolean => {
  if (used + 16 > LARGEST_BYTES) return false
  if (typeof tree === 'number') writeHead(UNSIGNED, tree)
  else if (typeof tree === 'boolean') room[used++] = tree ? 0xf5 : 0xf4
  else if (tree === null) room[used++] = 0xf6
  else if (typeof tree === 'bigint') {
    room[used++] = 0x1b
    view.setBigUint64(used, tree)
    used += 8
  } else if (tree instanceof Uint8Array) {
    writeHead(BYTE_STRING, tree.length)
    return writeRaw(tree)
  } else if (tree instanceof Raw) return writeRaw(tree.bytes)
  else {
    writeHead(ARRAY, tree.length)
    return tree.every(write)
  }
  return true
}

const writeRaw = (bytes: Uint8Array): boolean => {
  if (used + bytes.length > LARGEST_BYTES) return false
  room.set(bytes, used)
  used += bytes.length
  return true
}

const writeHead = (major: number, argument: number): void => {
  if (argument < 24) room[used++] = (major << 5) | argument
  else if (argument < 2 ** 8) {
    room[used++] = (major << 5) | 24
    room[used++] = argument
  } else if (argument < 2 ** 16) {
    room[used++] = (major << 5) | 25
    view.setUint16(used, argument)
    used += 2
  } else if (argument < 2 ** 32) {
    room[used++] = (major << 5) | 26
    view.setUint32(used, argument)
    used += 4
  } else {
    room[used++] = (major << 5) | 27
    view.setBigUint64(used, BigInt(argument))
    used += 8
  }
}
