/** Wide enough for three levels to hold thirty thousand keys, narrow enough that copying a node is nothing. */
const MAX_WIDTH = 32
/** Narrower ones are joined with a neighbour. */
const MIN_WIDTH = 12

/** Who may change a node in place; everybody else copies it first. */
type Owner = object

interface Leaf<V> {
  readonly owner: Owner
  /** Ascending. */
  readonly keys: string[]
  readonly values: V[]
  readonly children: undefined
}

interface Branch<V> {
  readonly owner: Owner
  /** Ascending, one fewer than children: above all keys of the child before it, above none of the one behind it. */
  readonly keys: string[]
  readonly values: undefined
  readonly children: Node<V>[]
}

type Node<V> = Leaf<V> | Branch<V>

/** What a node that had grown too wide has given away: all from this key on. */
interface Split<V> {
  readonly key: string
  readonly node: Node<V>
}

export interface Within {
  /** The first key, default: ''. */
  readonly from?: string | undefined
  /** Before this key; undefined: up to the last. */
  readonly to?: string | undefined
  readonly reverse?: boolean | undefined
}

/**
 * A map of string keys in the order of `<`, by UTF-16 code units. A B-tree whose nodes are shared among forks, and copied
 * only where one of them changes: so a fork costs nothing, and what nobody else holds is changed in place.
 */
export class OrderedMap<V> {
  #root: Node<V>
  #owner: Owner = {}
  #size: number

  constructor()
  constructor(root: Node<V>, size: number)
  constructor(root?: Node<V>, size = 0) {
    this.#root = root ?? { owner: this.#owner, keys: [], values: [], children: undefined }
    this.#size = size
  }

  get size(): number {
    return this.#size
  }

  get(key: string): V | undefined {
    let node = this.#root
    while (node.children !== undefined) node = node.children[after(node.keys, key)] as Node<V>
    const i = atOrAfter(node.keys, key)
    return node.keys[i] === key ? node.values[i] : undefined
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** @param value not undefined: that stands for "not there" */
  set(key: string, value: V): void {
    const root = this.#owned(this.#root)
    this.#insert(root, key, value)
    const right = this.#split(root)
    this.#root =
      right === undefined
        ? root
        : { owner: this.#owner, keys: [right.key], values: undefined, children: [root, right.node] }
  }

  /** Whether it was there. */
  delete(key: string): boolean {
    if (!this.has(key)) return false
    const root = this.#owned(this.#root)
    this.#remove(root, key)
    this.#size--
    // It is never empty: a branch that is left with one child is nothing but a detour.
    this.#root = root.children?.length === 1 ? (root.children[0] as Node<V>) : root
    return true
  }

  /** Another map with the same entries, in constant time: what either of the two does is not seen by the other. */
  fork(): OrderedMap<V> {
    this.#disown()
    return new OrderedMap(this.#root, this.#size)
  }

  /**
   * The entries in order, as they are at this call, whatever is set or deleted while they are gone through. In
   * O(log n) and what is taken.
   */
  entries({ from = '', to, reverse = false }: Within = {}): Generator<readonly [key: string, value: V]> {
    this.#disown()
    return (reverse ? descending : ascending)(this.#root, from, to)
  }

  /** From now on no node belongs to anybody. */
  #disown(): void {
    this.#owner = {}
  }

  #owned<N extends Node<V>>(node: N): N {
    if (node.owner === this.#owner) return node
    return {
      ...node,
      owner: this.#owner,
      keys: node.keys.slice(),
      values: node.values?.slice(),
      children: node.children?.slice(),
    }
  }

  #insert(node: Node<V>, key: string, value: V): void {
    if (node.children === undefined) {
      const i = atOrAfter(node.keys, key)
      if (node.keys[i] === key) node.values[i] = value
      else {
        node.keys.splice(i, 0, key)
        node.values.splice(i, 0, value)
        this.#size++
      }
      return
    }
    const i = after(node.keys, key)
    const child = this.#own(node, i)
    this.#insert(child, key, value)
    this.#splitChild(node, i, child)
  }

  #remove(node: Node<V>, key: string): void {
    if (node.children === undefined) {
      const i = atOrAfter(node.keys, key)
      node.keys.splice(i, 1)
      node.values.splice(i, 1)
      return
    }
    const i = after(node.keys, key)
    const child = this.#own(node, i)
    this.#remove(child, key)
    if (child.keys.length < MIN_WIDTH) this.#joinChildren(node, Math.max(0, i - 1))
  }

  /** A child that may be changed in place. */
  #own(branch: Branch<V>, i: number): Node<V> {
    const child = this.#owned(branch.children[i] as Node<V>)
    branch.children[i] = child
    return child
  }

  #splitChild(branch: Branch<V>, i: number, child: Node<V>): void {
    const right = this.#split(child)
    if (right === undefined) return
    branch.keys.splice(i, 0, right.key)
    branch.children.splice(i + 1, 0, right.node)
  }

  /** Makes one of a child and the next; or, where that is too much for one, two of the same width. */
  #joinChildren(branch: Branch<V>, i: number): void {
    const left = this.#own(branch, i)
    const [key] = branch.keys.splice(i, 1)
    const [right] = branch.children.splice(i + 1, 1)
    if (left.children === undefined) {
      const { keys, values } = right as Leaf<V>
      left.keys.push(...keys)
      left.values.push(...values)
    } else {
      const { keys, children } = right as Branch<V>
      left.keys.push(key as string, ...keys)
      left.children.push(...children)
    }
    this.#splitChild(branch, i, left)
  }

  /** Takes the upper half off a node that is too wide. */
  #split(node: Node<V>): Split<V> | undefined {
    const { keys } = node
    if (keys.length <= MAX_WIDTH) return undefined
    const middle = keys.length >> 1
    const key = keys[middle] as string
    if (node.children === undefined) {
      const values = node.values.splice(middle)
      return { key, node: { owner: this.#owner, keys: keys.splice(middle), values, children: undefined } }
    }
    const children = node.children.splice(middle + 1)
    const right = keys.splice(middle + 1)
    keys.pop()
    return { key, node: { owner: this.#owner, keys: right, values: undefined, children } }
  }
}

function* ascending<V>(root: Node<V>, from: string, to: string | undefined): Generator<readonly [string, V]> {
  for (const { keys, values } of leavesUp(root, from)) {
    for (let i = atOrAfter(keys, from); i < keys.length; i++) {
      const key = keys[i] as string
      if (to !== undefined && key >= to) return
      yield [key, values[i] as V]
    }
  }
}

function* descending<V>(root: Node<V>, from: string, to: string | undefined): Generator<readonly [string, V]> {
  for (const { keys, values } of leavesDown(root, to)) {
    for (let i = (to === undefined ? keys.length : atOrAfter(keys, to)) - 1; i >= 0; i--) {
      const key = keys[i] as string
      if (key < from) return
      yield [key, values[i] as V]
    }
  }
}

function* leavesUp<V>(node: Node<V>, from: string): Generator<Leaf<V>> {
  if (node.children === undefined) yield node
  else
    for (let i = after(node.keys, from); i < node.children.length; i++)
      yield* leavesUp(node.children[i] as Node<V>, from)
}

function* leavesDown<V>(node: Node<V>, to: string | undefined): Generator<Leaf<V>> {
  if (node.children === undefined) yield node
  else {
    const last = to === undefined ? node.children.length - 1 : atOrAfter(node.keys, to)
    for (let i = last; i >= 0; i--) yield* leavesDown(node.children[i] as Node<V>, to)
  }
}

/** The place of the first that is not below the key. */
const atOrAfter = (keys: readonly string[], key: string): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The place of the first that is above the key: of the child that it belongs to. */
const after = (keys: readonly string[], key: string): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] as string) <= key) low = middle + 1
    else high = middle
  }
  return low
}
