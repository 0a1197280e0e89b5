import { describe, expect, it } from 'vitest'
import type { Json } from '../state/index.js'
import type { PresenceEntry } from '../wire/index.js'
import { PresenceBoard } from './presence.js'

const idOf = (name: string): string => name.repeat(32)
const [SELF, B, C] = [idOf('a'), idOf('b'), idOf('c')]
const [TAB, OTHER_TAB, THIRD_TAB] = [idOf('1'), idOf('2'), idOf('3')]

const utf8 = new TextEncoder()
const entry = (tab: string, value: Json): PresenceEntry => [tab, utf8.encode(JSON.stringify(value))]

/** A board, what it has sent, and how often it said that something has changed. */
class Watched {
  readonly sent: { readonly to: string; readonly shown: Record<string, Json> }[] = []
  changes = 0
  now = 0
  readonly board: PresenceBoard = new PresenceBoard(
    { self: SELF, tab: TAB },
    {
      send: (to, entries) => {
        const values = entries.map(([tab, bytes]) => [tab, JSON.parse(new TextDecoder().decode(bytes))])
        this.sent.push({ to, shown: Object.fromEntries(values) })
      },
      changed: () => this.changes++,
    },
  )

  constructor(...peers: readonly string[]) {
    for (const peer of peers) this.board.came(peer)
  }

  /** Lets time pass, in ticks of 25 ms. */
  run(ms: number): this {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += 25
      this.board.tick(this.now)
    }
    return this
  }

  /** What was sent to one of them, since this was asked last. */
  told(to: string): readonly Record<string, Json>[] {
    const told = this.sent.filter((one) => one.to === to).map(({ shown }) => shown)
    this.sent.length = 0
    return told
  }

  get values(): readonly Json[] {
    return this.board.present().map(({ value }) => value)
  }
}

describe('what a tab shows', () => {
  it('is told to all who are here, at once', () => {
    const one = new Watched(B, C)
    one.board.show(TAB, { name: 'Ada' })
    expect(one.sent).toEqual([B, C].map((to) => ({ to, shown: { [TAB]: { name: 'Ada' } } })))
  })

  it('is told every fifty milliseconds while it changes, and last as it is in the end', () => {
    const one = new Watched(B)
    for (let x = 0; x <= 40; x++) {
      one.board.show(TAB, x)
      one.run(25)
    }
    const told = one.run(50).told(B)
    expect(told.length).toBeLessThanOrEqual(22)
    expect(told.length).toBeGreaterThanOrEqual(20)
    expect(told.at(-1)).toEqual({ [TAB]: 40 })
  })

  it('is told less often where many are here: to all together two hundred times a second', () => {
    const peers = Array.from({ length: 100 }, (_, i) => i.toString(16).padStart(32, '0'))
    const one = new Watched(...peers)
    for (let x = 0; x < 200; x++) {
      one.board.show(TAB, x)
      one.run(25)
    }
    expect(one.sent.length).toBeLessThanOrEqual(1100)
    expect(one.sent.length).toBeGreaterThanOrEqual(900)
  })

  it('is told again every five seconds, and nothing is where nothing is shown', () => {
    const one = new Watched(B).run(20_000)
    expect(one.told(B)).toEqual([])
    one.board.show(TAB, 1)
    expect(one.run(20_100).told(B)).toHaveLength(5)
  })

  it('is told to a newcomer at once', () => {
    const one = new Watched(B)
    one.board.show(TAB, 1)
    one.board.came(C)
    expect(one.told(C)).toEqual([{ [TAB]: 1 }])
  })

  it('is taken back once, and not told any more', () => {
    const one = new Watched(B)
    one.board.show(TAB, 1)
    one.run(100).told(B)
    one.board.show(TAB, undefined)
    expect(one.run(20_000).told(B)).toEqual([{}])
    one.board.came(C)
    expect(one.told(C)).toEqual([])
  })

  it('is told together with what the other tabs of the member show, the first sixteen of them', () => {
    const one = new Watched(B)
    const tabs = Array.from({ length: 20 }, (_, i) => i.toString(16).padStart(32, '0'))
    for (const [index, tab] of tabs.entries()) one.board.show(tab, index)
    const told = one.run(100).told(B).at(-1)
    expect(Object.keys(told ?? {})).toEqual(tabs.slice(0, 16))
    one.board.show(tabs[0] as string, undefined)
    expect(Object.keys(one.run(100).told(B).at(-1) ?? {})).toEqual(tabs.slice(1, 17))
  })

  it('is a change where it is what it was and more', () => {
    const one = new Watched(B)
    for (const value of [1, 12, 123]) {
      one.board.show(TAB, value)
      one.run(100)
    }
    expect(one.told(B)).toEqual([1, 12, 123].map((value) => ({ [TAB]: value })))
  })

  it('is no change where it is the same', () => {
    const one = new Watched(B)
    one.board.show(TAB, { x: 1 })
    const before = one.board.present()
    one.run(100).told(B)
    one.board.show(TAB, { x: 1 })
    one.board.show(OTHER_TAB, undefined)
    expect(one.run(1000).told(B)).toEqual([])
    expect(one.board.present()).toBe(before)
    expect(one.changes).toBe(1)
  })

  it.each([
    ['what JSON can not hold', { at: Number.NaN }, /NaN/],
    ['what takes more than 4096 bytes of it', 'é'.repeat(2048), /4098 bytes/],
  ])('is refused where it is %s, and what was shown stays', (_, value, problem) => {
    const one = new Watched(B)
    one.board.show(TAB, 1)
    expect(() => one.board.show(TAB, value)).toThrow(TypeError)
    expect(() => one.board.show(TAB, value)).toThrow(problem)
    expect(one.values).toEqual([1])
  })

  it('may take 4096 bytes', () => {
    const one = new Watched(B)
    one.board.show(TAB, 'é'.repeat(2047))
    expect(one.told(B)).toEqual([{ [TAB]: 'é'.repeat(2047) }])
  })
})

describe('who is present', () => {
  it('is known by member and tab, this tab among them', () => {
    const one = new Watched(B, C)
    one.board.heard(C, [entry(TAB, 'c')])
    one.board.heard(B, [entry(OTHER_TAB, 'b2'), entry(TAB, 'b1')])
    one.board.show(OTHER_TAB, 'a2')
    one.board.show(TAB, 'a1')
    expect(one.board.present()).toEqual([
      { member: SELF, tab: TAB, self: true, value: 'a1' },
      { member: SELF, tab: OTHER_TAB, self: false, value: 'a2' },
      { member: B, tab: TAB, self: false, value: 'b1' },
      { member: B, tab: OTHER_TAB, self: false, value: 'b2' },
      { member: C, tab: TAB, self: false, value: 'c' },
    ])
  })

  it('is the same list until something has changed, and can not be changed by who reads it', () => {
    const one = new Watched(B)
    one.board.heard(B, [entry(TAB, { at: [1, 2] })])
    const list = one.board.present()
    one.board.heard(B, [entry(TAB, { at: [1, 2] })])
    expect(one.board.present()).toBe(list)
    expect(one.changes).toBe(1)
    const value = list[0]?.value as { readonly at: readonly number[] }
    for (const each of [list, list[0], value, value.at]) expect(Object.isFrozen(each)).toBe(true)
    one.board.heard(B, [entry(TAB, { at: [1, 3] })])
    expect(one.board.present()).not.toBe(list)
    expect(one.changes).toBe(2)
  })

  it('is who said so last: what a member does not tell again is gone', () => {
    const one = new Watched(B)
    one.board.heard(B, [entry(TAB, 1), entry(OTHER_TAB, 2)])
    one.board.heard(B, [entry(OTHER_TAB, 2), entry(THIRD_TAB, 3)])
    expect(one.values).toEqual([2, 3])
    one.board.heard(B, [])
    expect(one.values).toEqual([])
    expect(one.changes).toBe(3)
  })

  it('is forgotten after fifteen seconds of silence', () => {
    const one = new Watched(B, C)
    one.board.heard(B, [entry(TAB, 'b')])
    one.board.heard(C, [entry(TAB, 'c')])
    one.run(10_000)
    one.board.heard(B, [entry(TAB, 'b')])
    expect(one.run(4000).values).toEqual(['b', 'c'])
    expect(one.run(2000).values).toEqual(['b'])
    expect(one.changes).toBe(3)
  })

  it('is forgotten when it goes, and when it comes as somebody new', () => {
    const one = new Watched(B, C)
    one.board.heard(B, [entry(TAB, 'b')])
    one.board.heard(C, [entry(TAB, 'c')])
    one.board.went(B)
    expect(one.values).toEqual(['c'])
    one.board.came(C)
    expect(one.values).toEqual([])
    expect(one.changes).toBe(4)
  })

  it('is nobody who is not here', () => {
    const one = new Watched(B)
    one.board.heard(C, [entry(TAB, 'c')])
    one.board.went(B)
    one.board.heard(B, [entry(TAB, 'b')])
    expect(one.values).toEqual([])
    expect(one.changes).toBe(0)
  })

  it('is left out where what is shown is no JSON, and the rest counts', () => {
    const one = new Watched(B)
    one.board.heard(B, [entry(TAB, 1), entry(OTHER_TAB, 2)])
    const broken = [utf8.encode('{"x":'), new Uint8Array(0), Uint8Array.of(0xff), utf8.encode('['.repeat(4096))]
    for (const bytes of broken) {
      one.board.heard(B, [[TAB, bytes], entry(OTHER_TAB, 2)])
      expect(one.values).toEqual([2])
    }
  })

  it('is heard forty times a second: who says more is listened to again a little later', () => {
    const one = new Watched(B).run(1000)
    for (let i = 1; i <= 1000; i++) one.board.heard(B, [entry(TAB, i)])
    expect(one.values).toEqual([40])
    one.run(25)
    one.board.heard(B, [entry(TAB, 'later')])
    expect(one.values).toEqual(['later'])
  })

  it('is at most 512 others', () => {
    const peers = Array.from({ length: 600 }, (_, i) => i.toString(16).padStart(32, '0'))
    const one = new Watched(...peers)
    for (const peer of peers) one.board.heard(peer, [entry(TAB, peer)])
    expect(one.values).toHaveLength(512)
    one.board.went(peers[0] as string)
    one.board.heard(peers[599] as string, [entry(TAB, 'at last')])
    expect(one.values).toContain('at last')
  })
})
