import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StorageCorrupt } from './error.js'

/*
 * LMDB maps its file into memory and takes it for what it has written: a file that is too short, or has a wrong number
 * in a page, ends the process. So a file is gone through before it is opened: each page that can be reached is there, is
 * of the right kind, and points to nothing outside itself but to such pages. What the values hold has checksums of its own.
 */

/** Of the layout that lmdb 3 has on 64-bit machines with little ends: version 2 of its file. */
const MAGIC = 0xbeefc0de
const VERSION = 2
const META_PAGES = 2
const PAGE_HEADER_BYTES = 24
const META_BYTES = 168
const MIN_PAGE_BYTES = 256
/** What may have been freed at the end of the file before it was ever written, and what is mapped ahead of growth. */
const MAX_UNWRITTEN_BYTES = 2 ** 30
const MAX_MAPPED_TIMES = 64
const MAX_PAGE_BYTES = 65_536
const NODE_HEADER_BYTES = 8
/** Of a value that has pages of its own: where they begin, who wrote them, how many they are. */
const FAR_VALUE_BYTES = 24
const NO_ROOT = 2n ** 64n - 1n

/** Its keys are whole numbers. The other tree, and the database as a whole, were made without flags. */
const FREE_TREE_FLAGS = 8

const BRANCH = 1
const LEAF = 2
const FAR = 4
const META = 8
const KINDS = 0x0f

/** Of a leaf's entry: its value has pages of its own. */
const HAS_FAR_VALUE = 1

interface Tree {
  readonly depth: number
  readonly root: bigint
}

interface Meta {
  readonly pageBytes: number
  readonly mapBytes: number
  readonly lastPage: bigint
  readonly transaction: bigint
  /** Of what is free, and of what is held. */
  readonly trees: readonly [Tree, Tree]
}

const corrupt = (): StorageCorrupt => new StorageCorrupt('unreadable', 'data.mdb')

const must = (holds: boolean): void => {
  if (!holds) throw corrupt()
}

const treeAt = (view: DataView, at: number): Tree => ({
  depth: view.getUint16(at + 6, true),
  root: view.getBigUint64(at + 40, true),
})

const decodeMeta = (view: DataView): Meta => {
  must((view.getUint16(18, true) & META) !== 0 && view.getUint32(24, true) === MAGIC)
  const version = view.getUint32(28, true)
  if (version !== VERSION) throw new StorageCorrupt(version > VERSION ? 'newer-version' : 'older-version', 'data.mdb')
  const pageBytes = view.getUint32(48, true)
  must(
    view.getUint16(52, true) === FREE_TREE_FLAGS && view.getUint32(96, true) === 0 && view.getUint16(100, true) === 0,
  )
  must(pageBytes >= MIN_PAGE_BYTES && pageBytes <= MAX_PAGE_BYTES && Number.isInteger(Math.log2(pageBytes)))
  return {
    pageBytes,
    mapBytes: Number(view.getBigUint64(40, true)),
    lastPage: view.getBigUint64(144, true),
    transaction: view.getBigUint64(152, true),
    trees: [treeAt(view, 48), treeAt(view, 96)],
  }
}

const even = (bytes: number): number => bytes + (bytes % 2)

class Examination {
  readonly #file: number
  readonly #bytes: number
  #pageBytes = MIN_PAGE_BYTES
  #transaction = 0n
  /** Pages that may be reached: no more than there are, so that a circle comes to an end. */
  #left = 0

  constructor(file: number) {
    this.#file = file
    this.#bytes = fstatSync(file).size
  }

  run(): void {
    const first = decodeMeta(this.#read(0, META_BYTES))
    this.#pageBytes = first.pageBytes
    const second = decodeMeta(this.#read(first.pageBytes, META_BYTES))
    for (const { pageBytes, lastPage, mapBytes } of [first, second]) {
      const end = (Number(lastPage) + 1) * pageBytes
      must(pageBytes === first.pageBytes && end <= this.#bytes + MAX_UNWRITTEN_BYTES)
      must(mapBytes <= MAX_MAPPED_TIMES * (this.#bytes + MAX_UNWRITTEN_BYTES))
    }
    const newest = second.transaction > first.transaction ? second : first
    this.#transaction = newest.transaction
    // The last pages may never have been written, where they are free.
    this.#left = Math.min(Number(newest.lastPage) + 1, Math.ceil(this.#bytes / this.#pageBytes))
    for (const { root, depth } of newest.trees) if (root !== NO_ROOT) this.#walk(root, depth)
  }

  #read(at: number, bytes: number): DataView {
    const buffer = new Uint8Array(bytes)
    must(at + bytes <= this.#bytes && readSync(this.#file, buffer, 0, bytes, at) === bytes)
    return new DataView(buffer.buffer)
  }

  /** @param count pages that belong together; the view is of the first bytes of them */
  #page(number: bigint, count: number, bytes: number): DataView {
    must(number >= META_PAGES && number < 2n ** 40n)
    const at = Number(number) * this.#pageBytes
    must(at + count * this.#pageBytes <= this.#bytes)
    const view = this.#read(at, bytes)
    this.#left -= count
    must(this.#left >= 0 && view.getBigUint64(0, true) === number)
    must(view.getBigUint64(8, true) <= this.#transaction)
    return view
  }

  #walk(number: bigint, depth: number): void {
    const page = this.#page(number, 1, this.#pageBytes)
    const kind = page.getUint16(18, true) & KINDS
    must(kind === (depth > 1 ? BRANCH : LEAF))
    const [lower, upper] = [page.getUint16(20, true), page.getUint16(22, true)]
    const end = this.#pageBytes - PAGE_HEADER_BYTES
    must(lower % 2 === 0 && lower > 0 && lower <= upper && upper <= end)
    const nodes = Array.from({ length: lower / 2 }, (_, i) => page.getUint16(PAGE_HEADER_BYTES + 2 * i, true))
    // They fill the page up to its end, without gaps.
    let at = upper
    for (const node of nodes.sort((a, b) => a - b)) {
      must(node === at && node + NODE_HEADER_BYTES <= end)
      at += this.#node(new DataView(page.buffer, PAGE_HEADER_BYTES + node), kind, depth)
    }
    must(at === end)
  }

  /** @returns how many bytes it takes */
  #node(node: DataView, kind: number, depth: number): number {
    const [low, flags, keyBytes] = [node.getUint32(0, true), node.getUint16(4, true), node.getUint16(6, true)]
    const value = NODE_HEADER_BYTES + keyBytes
    if (kind === BRANCH) {
      this.#walk(BigInt(flags) * 2n ** 32n + BigInt(low), depth - 1)
      return even(value)
    }
    if (flags === 0) return even(value + low)
    must(flags === HAS_FAR_VALUE && value + FAR_VALUE_BYTES <= node.byteLength)
    this.#farValue(node.getBigUint64(value, true), low)
    return even(value + FAR_VALUE_BYTES)
  }

  #farValue(number: bigint, bytes: number): void {
    const count = Math.ceil((PAGE_HEADER_BYTES + bytes) / this.#pageBytes)
    const page = this.#page(number, count, PAGE_HEADER_BYTES)
    must((page.getUint16(18, true) & KINDS) === FAR && page.getUint32(20, true) === count)
  }
}

/** Of other machines the layout is another. */
const isKnownLayout = (): boolean => ['x64', 'arm64', 'riscv64', 'loong64'].includes(process.arch)

/**
 * Throws `StorageCorrupt` for a database file that LMDB can't be trusted with: `missing` where it is not there, or empty.
 * Nobody writes to it meanwhile.
 */
export const examineDatabase = (path: string): void => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    throw new StorageCorrupt('missing', 'data.mdb', { cause })
  }
  try {
    if (fstatSync(file).size === 0) throw new StorageCorrupt('missing', 'data.mdb')
    if (isKnownLayout()) new Examination(file).run()
  } finally {
    closeSync(file)
  }
}
