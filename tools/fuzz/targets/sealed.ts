import { CAST, CHANGE, HELLO, PAIR, SIGNAL } from '../../../src/transport/seal/frames.js'
import { decodeChange, decodeHello, encodeChange, encodeHello, HELLO_BYTES } from '../../../src/transport/seal/hello.js'
import type { Carried } from '../../../src/transport/seal/hostile.js'
import { addressOf, bytesOf, type Member, Stage } from '../../../src/transport/seal/stage.js'
import { joined } from '../bytes.js'
import { damagedOf, type Step, stepsIn, stepsOf } from '../sources.js'
import { sameBytes, type Target, Wrong } from '../target.js'

/** Then all meet anew: what a relay may remember is not what is tried here. */
const INPUTS_PER_MEETING = 200
const FRAMES_KEPT = 64
const KINDS = [HELLO, CHANGE, PAIR, CAST, SIGNAL]

/** A relay that has a meeting of three in its hands, and plays on it what an input says. */
class Meeting {
  readonly #stage = new Stage()
  #members: readonly Member[] = []
  /** What was carried, and may be brought again, changed or not. */
  #frames: Carried[] = []
  #said = 0

  async begin(): Promise<void> {
    this.#members = await this.#stage.met('a1', 'b1', 'c1')
    await this.#say()
  }

  end(): void {
    this.#stage.close()
  }

  async play(input: Uint8Array): Promise<void> {
    const [a] = this.#members as [Member]
    for (const step of stepsIn(input)) {
      if (step.what === 255) this.#stage.clock.advance(100)
      else this.#stage.relay.inject(a.self, addressOf(step.what % 5 === 0 ? 'c1' : 'b1'), this.#frameOf(step))
    }
    await this.#stage.settled()
    await this.#say()
  }

  /** Whatever a relay does: what members say arrives, once, and nothing else does. */
  async #say(): Promise<void> {
    const [a, b, c] = this.#members as [Member, Member, Member]
    const expected = ['pair', 'cast'].map((kind) => `${kind} ${++this.#said}`)
    const [pair, cast] = expected.map(bytesOf) as [Uint8Array, Uint8Array]
    b.link.send(a.self, pair)
    b.link.sendAll([a.self, c.self], cast)
    await this.#stage.settled()
    const told = a.told.splice(0)
    b.told.length = c.told.length = 0
    const { carried } = this.#stage.relay
    this.#frames = [...this.#frames, ...carried.splice(0)].slice(-FRAMES_KEPT)
    const wanted = expected.map((text) => `b1: ${text}`)
    if (told.join() !== wanted.join()) throw new Wrong(`a was told [${told.join()}], not [${wanted.join()}]`)
  }

  /** One that was carried, with something done to it. */
  #frameOf({ what, bytes }: Step): Uint8Array {
    const frame = this.#frames[(bytes[0] ?? 0) % this.#frames.length]?.bytes ?? bytes
    const at = ((bytes[1] ?? 0) << 3) % frame.length
    switch (what % 8) {
      case 0:
        return bytes
      case 1:
        return joined(Uint8Array.of(KINDS[(bytes[0] ?? 0) % KINDS.length] ?? HELLO), bytes.subarray(1))
      case 2:
        return frame
      case 3:
        return frame.slice(0, at)
      case 4:
        return joined(frame, bytes)
      case 5:
        return frame.with((bytes[2] ?? 0) % frame.length, bytes[3] ?? 0)
      case 6:
        return joined(frame.subarray(0, 15), bytes)
      default:
        return joined(frame.subarray(0, at), bytes.subarray(2), frame.subarray(at + bytes.length))
    }
  }
}

const hello = encodeHello({
  ...{ nonce: '1'.repeat(32), echo: '2'.repeat(32), session: 7, casts: { nonce: '3'.repeat(32), from: 2 ** 40 } },
  publicKey: new Uint8Array(65).fill(4),
})
const change = encodeChange({ echo: '1'.repeat(32), bytes: new Uint8Array(100) })

/** What a relay brings, and what is in it where somebody has the secret. */
export const sealed: readonly Target[] = [
  {
    name: 'sealed-frames',
    share: 2,
    source: () => stepsOf(8, (dice) => dice.bytes(dice.below(150))),
    subject() {
      let meeting: Meeting | undefined
      let given = 0
      return async (input) => {
        if (given++ % INPUTS_PER_MEETING === 0) {
          meeting?.end()
          meeting = new Meeting()
          await meeting.begin()
        }
        await meeting?.play(input)
      }
    },
  },
  {
    name: 'hello',
    share: 4,
    source: () => damagedOf([hello, change]),
    subject: () => (input) => {
      const [greeting, changed] = [decodeHello(input), decodeChange(input)]
      if (greeting !== undefined && input.length !== HELLO_BYTES) throw new Wrong('a hello of another length')
      if (greeting !== undefined && !sameBytes(encodeHello(greeting), input)) throw new Wrong('a hello has two forms')
      if (changed !== undefined && !sameBytes(encodeChange(changed), input)) throw new Wrong('a change has two forms')
    },
  },
]
