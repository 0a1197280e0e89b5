import type { Json, Present } from 'epaxos'
import { shortId } from '../text.js'

/** As many colours as the style sheet has for people. */
export const COLOURS = 8

export const MAX_NAME_LENGTH = 20
const MAX_KEY_LENGTH = 64

/** Somebody whose tab has the room open, as they show themselves. */
export interface Person {
  readonly tab: string
  readonly member: string
  readonly self: boolean
  readonly name: string
  /** 0 … `COLOURS` − 1. */
  readonly colour: number
  /** The key of the seat or note that they look at. */
  readonly at: string | undefined
  /** Where they point to among the notes, as parts of its width and height. */
  readonly pointer: Point | undefined
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Others may show anything: what can't be is left out. */
export const personOf = ({ tab, member, self, value }: Present): Person => {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  const shown = isRecord ? (value as Readonly<Record<string, Json | undefined>>) : {}
  const { name, colour, at, x, y } = shown
  return {
    tab,
    member,
    self,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, MAX_NAME_LENGTH) : shortId(member),
    colour: typeof colour === 'number' && Number.isInteger(colour) && colour >= 0 ? colour % COLOURS : 0,
    at: typeof at === 'string' && at.length <= MAX_KEY_LENGTH ? at : undefined,
    pointer: isPart(x) && isPart(y) ? { x, y } : undefined,
  }
}

const isPart = (value: Json | undefined): value is number => typeof value === 'number' && value >= 0 && value <= 1

const NAMES = [
  'Otter',
  'Heron',
  'Lynx',
  'Marten',
  'Plover',
  'Badger',
  'Wren',
  'Stoat',
  'Curlew',
  'Hare',
  'Tern',
  'Vole',
]

/** For who has not said theirs: the same as long as the id is. */
export const nameFor = (id: string): string => NAMES[Number.parseInt(id.slice(0, 4), 16) % NAMES.length] ?? 'Somebody'

export const colourFor = (id: string): number => Number.parseInt(id.slice(4, 6), 16) % COLOURS
