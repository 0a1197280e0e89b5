import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Handshake, type Words } from './handshake.js'
import type { Hello } from './hello.js'

/** Each end of a meeting, and the nonces of the session that it believes to be in. */
class End {
  readonly handshake: Handshake
  session: string | undefined
  /** Sessions that it has ever been in. */
  readonly sessions: string[] = []
  readonly #first: boolean

  constructor(first: boolean, random: (bytes: Uint8Array) => unknown) {
    this.handshake = new Handshake(random)
    this.#first = first
  }

  hear(words: Words): Words | undefined {
    const hello: Hello = { ...words, casts: { nonce: '', from: 0 }, publicKey: new Uint8Array() }
    const heard = this.handshake.hear(hello)
    if ('own' in heard) {
      this.session = (this.#first ? [heard.own, words.nonce] : [words.nonce, heard.own]).join()
      this.sessions.push(this.session)
      const [toFirst, toSecond] = [tagOf(this.session, 1), tagOf(this.session, 2)]
      const [to, from] = this.#first ? [toSecond, toFirst] : [toFirst, toSecond]
      return this.handshake.agreed(heard.own, words.nonce, to, from) ? this.handshake.confirmation() : undefined
    }
    if (heard.next === 'greet') return this.handshake.greeting()
    return heard.next === 'confirm' ? this.handshake.confirmation() : undefined
  }
}

const tags = new Map<string, number>()
const tagOf = (session: string, way: number): number => {
  const name = `${session}/${way}`
  const tag = tags.get(name) ?? tags.size + 1
  tags.set(name, tag)
  return tag
}

/** Nonces that count. */
const counting = (): ((bytes: Uint8Array) => void) => {
  let next = 0
  return (bytes) => new DataView(bytes.buffer).setUint32(0, ++next)
}

describe('a handshake', () => {
  test('of two that greet at once takes four hellos', () => {
    const random = counting()
    const [a, b] = [new End(true, random), new End(false, random)]
    const [fromA, fromB] = [a.handshake.greeting(), b.handshake.greeting()]
    const [answerOfA, answerOfB] = [a.hear(fromB), b.hear(fromA)]
    if (answerOfA === undefined || answerOfB === undefined) throw new Error('both were to answer')
    expect([a.hear(answerOfB), b.hear(answerOfA)]).toEqual([undefined, undefined])
    expect(a.session).toBeDefined()
    expect(a.session).toBe(b.session)
  })

  type Step =
    | { readonly kind: 'greet' | 'restart'; readonly atFirst: boolean }
    | { readonly kind: 'bring'; readonly atFirst: boolean; readonly which: number }
  const atFirst = fc.boolean()
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('greet' as const), atFirst }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), atFirst }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('bring' as const), atFirst, which: fc.nat() }) },
  )

  test('leads into no session twice, however hellos are lost, repeated and kept back; and into one once they are not', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const random = counting()
        const ends: [End, End] = [new End(true, random), new End(false, random)]
        const lives: [End[], End[]] = [[ends[0]], [ends[1]]]
        /** All that was ever said to each. */
        const said: [Words[], Words[]] = [[], []]
        const say = (from: 0 | 1, words: Words | undefined): void => {
          if (words !== undefined) said[from === 0 ? 1 : 0].push(words)
        }
        for (const next of steps) {
          const at = next.atFirst ? 0 : 1
          const box = said[at]
          const words = next.kind === 'bring' ? box[next.which % Math.max(1, box.length)] : undefined
          if (next.kind === 'restart') {
            ends[at] = new End(next.atFirst, random)
            lives[at].push(ends[at])
          } else if (next.kind === 'greet') say(at, ends[at].handshake.greeting())
          else if (words !== undefined) say(at, ends[at].hear(words))
        }
        for (const row of lives) {
          const sessions = row.flatMap((end) => end.sessions)
          expect(new Set(sessions).size).toBe(sessions.length)
        }
        // From here on the network brings everything, once. Those in two sessions find out by what they say in them.
        said[0].length = 0
        said[1].length = 0
        if (ends[0].session !== ends[1].session || ends[0].session === undefined) {
          for (const at of [0, 1] as const) say(at, ends[at].handshake.greeting())
        }
        for (let round = 0; round < 10; round++) {
          for (const at of [0, 1] as const) for (const words of said[at].splice(0)) say(at, ends[at].hear(words))
        }
        expect(said).toEqual([[], []])
        expect(ends[0].session).toBeDefined()
        expect(ends[0].session).toBe(ends[1].session)
      }),
      { numRuns: 2000 },
    )
  })
})
