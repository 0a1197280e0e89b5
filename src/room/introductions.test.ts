import { beforeEach, describe, expect, it } from 'vitest'
import type { Configuration } from '../core/index.js'
import type { KnownLife, Standing } from '../member/index.js'
import type { Greeting, Packet } from '../wire/index.js'
import { Introductions } from './introductions.js'

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32)) as [string, string, string, string]
const GROUP = 'f'.repeat(32)
const epoch = (number: number, voters: readonly string[]): Configuration => {
  return { number, voters, wireVersion: 4, stateVersion: 1 }
}
const zero = epoch(0, [A, B, C])
const startOf = (count: number, digit: string, batches: number = 0) => ({ count, nonce: digit.repeat(32), batches })
const own = { start: startOf(1, '0'), earlier: [] }
const first = startOf(1, '1')
const second = { start: startOf(2, '2', 5), earlier: [first] }
const standing: Standing = {
  durable: true,
  place: '9'.repeat(32),
  ageMs: 0,
  stateVersions: [1, 1],
  wireVersions: [4, 4],
}
const greeting = (change: Partial<Greeting> = {}): Greeting => ({
  kind: 'greeting',
  ...second,
  group: GROUP,
  configuration: zero,
  standing,
  answer: false,
  ...change,
})

/** What replica A says, hears and writes down. */
let said: { readonly to: string; readonly packet: Packet }[]
let remembered: (readonly KnownLife[])[]
let met: string[]
let introductions: Introductions
let cutOff: boolean

const begin = (lives: readonly KnownLife[] = []): void => {
  said = []
  remembered = []
  met = []
  cutOff = false
  introductions = new Introductions(GROUP, A, own, lives, {
    send: ({ replica }, packet) => said.push({ to: replica, packet }),
    standing: () => standing,
    remember: (known) => remembered.push(known),
    met: (peer) => met.push(peer),
    cutOff: () => cutOff,
  })
}
beforeEach(() => begin())

/** The kinds of what was said since this was asked last, an answer as such. */
const kinds = (): string[] =>
  said.splice(0).map(({ packet }) => (packet.kind === 'greeting' && packet.answer ? 'answer' : packet.kind))

/** Who was greeted since then. */
const greeted = (): string[] => said.splice(0).map(({ to }) => to)

const comes = (replica: string, incarnation = 2): void => introductions.came({ replica, incarnation })
const receiver = (replica: string) => introductions.receiver(replica)
const verdictOn = (replica: string) => introductions.peer(replica)?.verdict

describe('introductions of a voter', () => {
  beforeEach(() => introductions.entered(zero))

  it('greet the voters that come, answer a greeting and never an answer, and repeat what no voter has answered', () => {
    comes(B)
    introductions.greeted(B, greeting())
    expect(kinds()).toEqual(['greeting', 'answer'])
    introductions.tick(1000)
    introductions.tick(1999)
    expect(kinds()).toEqual(['greeting'])
    introductions.greeted(B, greeting({ answer: true }))
    introductions.tick(2000)
    expect(kinds()).toEqual([])
    comes(D)
    expect(kinds()).toEqual([])
    introductions.greeted(D, greeting({ configuration: undefined }))
    introductions.tick(3000)
    expect(kinds()).toEqual(['answer'])
    expect(met).toEqual([B, B, D])
  })

  it('are looked for further while no quorum is here: whoever else is here may know of a later epoch', () => {
    const five = epoch(3, [A, B, 'c'.repeat(32), 'e'.repeat(32), 'f'.repeat(32)])
    introductions.entered(five)
    comes(B)
    introductions.greeted(B, greeting({ configuration: five, answer: true }))
    comes(D)
    introductions.greeted(D, greeting({ configuration: undefined, answer: true }))
    greeted()
    introductions.tick(1000)
    expect(greeted()).toContain(D)
  })

  it('are looked for again while the voters are silent, though they seem to be here', () => {
    comes(B)
    introductions.greeted(B, greeting({ answer: true }))
    comes(D)
    introductions.greeted(D, greeting({ configuration: undefined, answer: true }))
    introductions.tick(1000)
    greeted()
    introductions.tick(2000)
    expect(greeted()).toEqual([])
    cutOff = true
    introductions.tick(3000)
    expect(greeted()).toContain(D)
  })

  it('let a voter be heard, and told anything, only once its life is known to be the latest, and is written down', () => {
    comes(B)
    expect([verdictOn(B), receiver(B)]).toEqual([undefined, undefined])
    introductions.greeted(B, greeting())
    expect(verdictOn(B)).toBe('new')
    expect(receiver(B)).toEqual({ replica: B, incarnation: 2 })
    expect(remembered).toEqual([[{ replica: B, start: second.start, batches: 5 }]])
    introductions.greeted(B, greeting())
    expect(verdictOn(B)).toBe('known')
    expect(remembered).toHaveLength(1)
  })

  it('ask anew whoever has gone, or comes again: it may be another copy', () => {
    comes(B)
    introductions.greeted(B, greeting())
    introductions.went(B)
    expect(receiver(B)).toBeUndefined()
    comes(B)
    expect(receiver(B)).toBeUndefined()
    kinds()
    introductions.greeted(B, greeting({ start: startOf(2, '3', 5) }))
    expect(receiver(B)).toBeUndefined()
    const refused = startOf(2, '3', 5)
    expect(said).toEqual([
      { to: B, packet: { kind: 'refused', group: GROUP, incarnation: 1, refused, known: second.start } },
    ])
  })

  it('tell a refused one so as often as it greets, and answer it nothing [H14]', () => {
    comes(B)
    introductions.greeted(B, greeting())
    introductions.heard(B, 9)
    comes(B, 3)
    kinds()
    const older = greeting({ start: startOf(3, '3', 8), earlier: [first, second.start] })
    introductions.greeted(B, older)
    introductions.greeted(B, older)
    expect(kinds()).toEqual(['refused', 'refused'])
    expect(verdictOn(B)).toBe('refused')
    expect(remembered).toHaveLength(1)
    expect(met).toEqual([B])
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
    comes(D)
    introductions.greeted(D, greeting())
    introductions.heard(D, 9)
    expect(introductions.unwritten()).toBeUndefined()
  })

  it('judge the voters of a new epoch, and forget those of the last one, once that is durable here [H14]', () => {
    for (const each of [B, C, D]) {
      comes(each)
      introductions.greeted(each, greeting())
    }
    expect(verdictOn(D)).toBeUndefined()
    remembered.length = 0
    introductions.heardOf(epoch(1, [A, B, D]))
    expect([[B, C, D].map(verdictOn), remembered]).toEqual([['new', 'new', undefined], []])
    introductions.entered(epoch(1, [A, B, D]))
    expect([B, C, D].map(verdictOn)).toEqual(['known', undefined, 'new'])
    expect(remembered.map((lives) => lives.map(({ replica }) => replica))).toEqual([[B, D]])
    // Nothing of an older copy can do any harm any more.
    introductions.greeted(C, greeting({ start: startOf(2, '3', 5) }))
    expect(receiver(C)).toBeDefined()
  })

  it('judge by what was known before a restart [H14]', () => {
    begin([{ replica: B, start: second.start, batches: 5 }])
    introductions.entered(zero)
    comes(B)
    introductions.greeted(B, greeting({ start: startOf(2, '3', 5) }))
    expect(verdictOn(B)).toBe('refused')
  })

  it('do not listen to one that lists other voters for the same epoch', () => {
    comes(B)
    introductions.greeted(B, greeting({ configuration: epoch(0, [A, B, D]) }))
    expect([met, receiver(B), introductions.contradicting]).toEqual([[], undefined, B])
  })
})

describe('introductions in a room of hundreds', () => {
  const others = Array.from({ length: 20 }, (_, i) => i.toString(16).padStart(32, '0'))

  it('greet a few at a time while nobody has told who votes, each once, until a voter has answered', () => {
    for (const id of others) comes(id)
    expect(greeted()).toEqual(others.slice(0, 4))
    for (const id of others.slice(0, 4)) introductions.greeted(id, greeting({ configuration: undefined, answer: true }))
    introductions.tick(1000)
    expect(greeted()).toEqual(others.slice(4, 8))
    comes(B)
    introductions.greeted(others[5] as string, greeting({ answer: true }))
    expect(greeted()).toEqual([B])
    introductions.greeted(B, greeting({ answer: true }))
    introductions.tick(2000)
    expect(greeted()).toEqual([])
  })

  it('greet no observer, and are greeted by none, once they know the voters', () => {
    introductions.entered(epoch(3, [B]))
    comes(B)
    introductions.greeted(B, greeting({ configuration: epoch(3, [B]), answer: true }))
    for (const id of others) comes(id)
    introductions.tick(1000)
    expect(greeted()).toEqual([B])
  })

  it('greet the voters again once this member has joined: they know it as one that joins', () => {
    comes(B)
    introductions.greeted(B, greeting({ answer: true }))
    kinds()
    introductions.entered(zero)
    expect(said.map(({ to, packet }) => [to, packet.kind === 'greeting' && packet.configuration])).toEqual([[B, zero]])
  })

  it('look for somebody who knows more, where the voters that they know are gone', () => {
    introductions.entered(epoch(3, [A, B]))
    for (const id of others.slice(0, 2)) comes(id)
    introductions.greeted(others[0] as string, greeting({ configuration: epoch(3, [A, B]), answer: true }))
    comes(C)
    expect(greeted()).toContain(C)
    introductions.greeted(C, greeting({ configuration: epoch(7, [C, D]), answer: true }))
    comes(D)
    expect(greeted()).toEqual([D])
  })
})
