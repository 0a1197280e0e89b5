import { beforeEach, describe, expect, it } from 'vitest'
import { type KnownLife, Starts } from '../member/index.js'
import type { Address } from '../transport/index.js'
import type { Greeting, Membership, Packet } from '../wire/index.js'
import { Introductions } from './introductions.js'

const [A, B, C, STRANGER] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32)) as [string, string, string, string]
const founded: Membership = { group: 'f'.repeat(32), epoch: 0, voters: [A, B, C], founded: true }
const startOf = (count: number, digit: string, batches: number = 0) => ({ count, nonce: digit.repeat(32), batches })
const own = { start: startOf(1, '0'), earlier: [] }
const first = startOf(1, '1')
const second = { start: startOf(2, '2', 5), earlier: [first] }
const greeting = (change: Partial<Greeting> = {}): Greeting => ({
  kind: 'greeting',
  ...second,
  membership: founded,
  answer: false,
  ...change,
})

/** What replica A says and writes down. */
let said: { readonly to: string; readonly packet: Packet }[]
let remembered: (readonly KnownLife[])[]
let membership: Membership | undefined
let introductions: Introductions

beforeEach(() => {
  said = []
  remembered = []
  membership = founded
  introductions = new Introductions(own, new Starts([]), {
    send: ({ replica }: Address, packet) => said.push({ to: replica, packet }),
    membership: () => membership,
    remember: (lives) => remembered.push(lives),
  })
})

/** The kinds of what was said since this was asked last, an answer as such. */
const kinds = (): string[] =>
  said.splice(0).map(({ packet }) => (packet.kind === 'greeting' && packet.answer ? 'answer' : packet.kind))

const comes = (replica: string, incarnation = 2): void => introductions.came({ replica, incarnation })

describe('introductions', () => {
  it('greet whoever comes, answer a greeting and never an answer, and repeat what no voter has answered', () => {
    comes(B)
    introductions.greeted(B, greeting())
    expect(kinds()).toEqual(['greeting', 'answer'])
    introductions.tick(0)
    introductions.tick(999)
    expect(kinds()).toEqual(['greeting'])
    introductions.greeted(B, greeting({ answer: true }))
    introductions.tick(1000)
    expect(kinds()).toEqual([])
    comes(STRANGER)
    introductions.greeted(STRANGER, greeting({ membership: undefined }))
    introductions.tick(2000)
    expect(kinds()).toEqual(['greeting', 'answer'])
  })

  it('let a voter be heard, and told anything, only once its life is known to be the latest, and is written down', () => {
    comes(B)
    expect([introductions.verdictOn(B), introductions.receiver(B)]).toEqual([undefined, undefined])
    introductions.greeted(B, greeting())
    expect(introductions.verdictOn(B)).toBe('new')
    expect(introductions.receiver(B)).toEqual({ replica: B, incarnation: 2 })
    expect(remembered).toEqual([[{ replica: B, start: second.start, batches: 5 }]])
    introductions.greeted(B, greeting())
    expect(introductions.verdictOn(B)).toBe('known')
    expect(remembered).toHaveLength(1)
    comes(STRANGER)
    introductions.greeted(STRANGER, greeting())
    expect(introductions.receiver(STRANGER)).toBeUndefined()
  })

  it('ask anew whoever has gone, or comes again: it may be another copy', () => {
    comes(B)
    introductions.greeted(B, greeting())
    introductions.went(B)
    expect(introductions.receiver(B)).toBeUndefined()
    comes(B)
    expect(introductions.receiver(B)).toBeUndefined()
    kinds()
    introductions.greeted(B, greeting({ start: startOf(2, '3', 5) }))
    expect(introductions.receiver(B)).toBeUndefined()
    expect(said).toEqual([
      {
        to: B,
        packet: {
          kind: 'refused',
          group: founded.group,
          incarnation: 1,
          refused: startOf(2, '3', 5),
          known: second.start,
        },
      },
    ])
  })

  it('tell a refused one so as often as it greets, and nothing else [H14]', () => {
    comes(B)
    introductions.greeted(B, greeting())
    introductions.heard(B, 9)
    comes(B, 3)
    kinds()
    const older = greeting({ start: startOf(3, '3', 8), earlier: [first, second.start] })
    introductions.greeted(B, older)
    introductions.greeted(B, older)
    introductions.tick(0)
    expect(kinds()).toEqual(['refused', 'refused'])
    expect(introductions.verdictOn(B)).toBe('refused')
    expect(remembered).toHaveLength(1)
  })

  it('have what was heard of others written with the next records, once, however often it grew [H14]', () => {
    comes(B)
    introductions.greeted(B, greeting())
    expect(introductions.unwritten()).toBeUndefined()
    introductions.heard(B, 7)
    introductions.heard(B, 9)
    introductions.heard(B, 8)
    expect(introductions.unwritten()).toEqual([{ replica: B, start: second.start, batches: 9 }])
    introductions.heard(B, 9)
    expect(introductions.unwritten()).toBeUndefined()
  })

  it('judge those that have introduced themselves before there was a group once there is one', () => {
    membership = undefined
    comes(B)
    introductions.greeted(B, greeting({ membership: undefined }))
    expect(introductions.verdictOn(B)).toBeUndefined()
    membership = { ...founded, founded: false }
    introductions.bound()
    expect(introductions.verdictOn(B)).toBeUndefined()
    membership = founded
    introductions.bound()
    expect(introductions.verdictOn(B)).toBe('new')
  })
})
