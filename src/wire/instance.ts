import { type Deps, type InstanceId, MAX_VOTERS } from '../core/index.js'
import { type Body, type Codec, type FieldsOfKind, sequence, within } from './codec.js'
import { WireError } from './error.js'
import { MAX_EPOCH, MAX_NUMBER } from './limits.js'
import type { Reader } from './reader.js'
import { integer, whole } from './scalar.js'
import { unzigzag, zigzag } from './told.js'
import type { Writer } from './writer.js'

export const epoch: Codec<number> = integer(0, MAX_EPOCH)
export const slot: Codec<number> = integer(0, MAX_VOTERS - 1)
export const instanceNumber: Codec<number> = integer(1, MAX_NUMBER)

/** What a message, or a record, is about. */
export interface About {
  readonly epoch: number
  readonly instance: InstanceId
}

/** Items of an instance that is told as a whole: epoch, slot, number. */
const WHOLE_ITEMS = 3
/** What is further than that from the one before is told as a whole, too. */
const MAX_STEP: number = 2 ** 30

/** Of the row of the one before: by how much its number is another. Of any other row: as a whole. */
export const writeAbout = (to: Writer, { epoch, instance }: About): void => {
  const { told } = to
  const number = whole(instance.number, 1, MAX_NUMBER)
  const step = number - told.number
  if (epoch === told.epoch && instance.slot === told.slot && Math.abs(step) < MAX_STEP) to.integer(zigzag(step))
  else {
    to.array(WHOLE_ITEMS)
    to.integer(whole(epoch, 0, MAX_EPOCH))
    to.integer(whole(instance.slot, 0, MAX_VOTERS - 1))
    to.integer(number)
    told.epoch = epoch
    told.slot = instance.slot
  }
  told.number = number
}

/** It is `told` then. */
export const readAbout = (from: Reader): InstanceId => {
  const { told } = from
  if (from.isInteger) told.number = whole(told.number + unzigzag(from.integer()), 1, MAX_NUMBER)
  else {
    const items = from.array()
    if (items !== WHOLE_ITEMS) throw new WireError('shape', `an array of ${items} names no instance`)
    told.epoch = whole(from.integer(), 0, MAX_EPOCH)
    told.slot = whole(from.integer(), 0, MAX_VOTERS - 1)
    told.number = whole(from.integer(), 1, MAX_NUMBER)
  }
  return { slot: told.slot, number: told.number }
}

/** The fields of what is said about one instance, behind that. */
export const aboutInstance = <T extends About & { readonly kind: string }>(
  fields: FieldsOfKind<Omit<T, keyof About>>,
): Body<T> => {
  const rest = sequence<object>(fields)
  return {
    items: 1 + rest.items,
    write(to, value) {
      try {
        writeAbout(to, value)
      } catch (error) {
        throw within(error, 'instance')
      }
      rest.write(to, value)
    },
    read(from, kind) {
      let instance: InstanceId
      try {
        instance = readAbout(from)
      } catch (error) {
        throw within(error, 'instance')
      }
      const about = { kind, epoch: from.told.epoch, instance }
      return rest.read(from, about) as T
    },
  }
}

/** One number per row, 0 where nothing of the row is covered: each as its difference from that of the vector before. */
export const deps: Codec<Deps> = {
  write(to, value) {
    const before = to.told.deps
    to.array(checkRows(value.length))
    let row = 0
    try {
      for (; row < value.length; row++) {
        to.integer(zigzag(whole(value[row] as number, 0, MAX_NUMBER) - (before[row] ?? 0)))
      }
    } catch (error) {
      throw within(error, `[${row}]`)
    }
    to.told.deps = value
  },
  read(from) {
    const before = from.told.deps
    const rows = checkRows(from.array())
    const value: number[] = []
    try {
      while (value.length < rows) {
        value.push(whole((before[value.length] ?? 0) + unzigzag(from.integer()), 0, MAX_NUMBER))
      }
    } catch (error) {
      throw within(error, `[${value.length}]`)
    }
    from.told.deps = value
    return value
  },
}

const checkRows = (rows: number): number => {
  if (rows >= 1 && rows <= MAX_VOTERS) return rows
  throw new WireError('range', `a vector of ${rows} rows stands where 1 to ${MAX_VOTERS} are allowed`)
}

/** Vectors of one epoch have one length; those that are not told have none. */
export const checkLengths = (one: Deps | undefined, other: Deps | undefined): void => {
  if (one !== undefined && other !== undefined && one.length !== other.length) {
    throw new WireError('rule', `a vector of ${one.length} rows stands beside one of ${other.length}`)
  }
}
