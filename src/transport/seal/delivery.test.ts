import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Carried } from './hostile.js'
import { bytesOf, type Member, SECOND_KEY, Stage } from './stage.js'

type Step =
  /** Something is said by one, to one or to both others. */
  | { readonly kind: 'say'; readonly by: number; readonly to: 'one' | 'all'; readonly which: number }
  /** Any frame that was ever carried is brought: late, or once more. */
  | { readonly kind: 'bring'; readonly which: number }
  /** One has another life, or another link in the same one. */
  | { readonly kind: 'live'; readonly who: number }
  | { readonly kind: 'reopen'; readonly who: number }
  /** One stops reaching another, and does again. */
  | { readonly kind: 'meet again'; readonly who: number; readonly which: number }
  /** One has heard of the next secret. */
  | { readonly kind: 'learn'; readonly who: number }
  | { readonly kind: 'wait' }

const who = fc.nat(2)
const which = fc.nat(10_000)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('say' as const), by: who, to: fc.constantFrom('one', 'all'), which }),
  },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('bring' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('live' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('meet again' as const), who, which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('learn' as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
)

/** Three members, the lives and links that they have had, and a network of which every frame may be lost. */
class Play {
  readonly stage = new Stage()
  readonly ends: Member[] = []
  /** All links that there ever were. */
  readonly all: Member[] = []
  /** Every text that was ever said: by which link, and to which lives. */
  readonly said = new Map<string, { readonly by: Member; readonly to: readonly string[] }>()
  readonly #lives = [1, 1, 1]

  constructor() {
    for (const who of [0, 1, 2]) this.#open(who)
  }

  /** @param lost whether a frame is, again and again */
  beginToLose(lost: readonly boolean[]): void {
    let carried = 0
    this.stage.relay.passes = () => !lost[carried++ % lost.length]
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'say') this.#say(step.by, step.to, step.which)
    else if (step.kind === 'bring') this.#bring(step.which)
    else if (step.kind === 'live' || step.kind === 'reopen') this.#reopen(step.who, step.kind === 'live')
    else if (step.kind === 'meet again') this.#meetAgain(step.who, step.which)
    else if (step.kind === 'learn') this.#learn(step.who)
    else await this.stage.pass(1)
  }

  #open(who: number): void {
    const end = this.stage.open(`${'abc'[who]}${this.#lives[who]}`)
    this.ends[who] = end
    this.all.push(end)
  }

  #say(by: number, to: 'one' | 'all', which: number): void {
    const end = this.ends[by]
    const peers = end?.link.status().peers ?? []
    const one = peers[which % Math.max(1, peers.length)]
    if (end === undefined || one === undefined) return
    const text = `word ${this.said.size}`
    const receivers = to === 'one' ? [one] : peers
    this.said.set(text, { by: end, to: receivers.map(({ replica, incarnation }) => `${replica[0]}${incarnation}`) })
    if (to === 'one') end.link.send(one, bytesOf(text))
    else end.link.sendAll(receivers, bytesOf(text))
  }

  #bring(which: number): void {
    const { carried } = this.stage.relay
    const frame: Carried | undefined = carried[which % Math.max(1, carried.length)]
    if (frame !== undefined) this.stage.relay.bring(frame)
  }

  #reopen(who: number, inAnotherLife: boolean): void {
    this.ends[who]?.link.close()
    if (inAnotherLife) this.#lives[who] = (this.#lives[who] ?? 0) + 1
    this.#open(who)
  }

  #meetAgain(who: number, which: number): void {
    const end = this.ends[who]
    const peer = this.ends[(who + 1 + (which % 2)) % 3]
    if (end === undefined || peer === undefined) return
    end.inner.reaches(peer.self, false)
    end.inner.reaches(peer.self, true)
  }

  #learn(who: number): void {
    const ring = this.ends[who]?.ring
    if (ring !== undefined && ring.current.number < SECOND_KEY.number) ring.learn(SECOND_KEY)
  }
}

const nameOf = ({ self }: Member): string => `${self.replica[0]}${self.incarnation}`

test('whatever the network does, what arrives was said to its receiver by the life that it seems to come from, and arrives once', async () => {
  let heard = 0
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 60 }),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
    async (steps, lost) => {
      const play = new Play()
      await play.stage.settled()
      play.beginToLose(lost)
      for (const step of steps) await play.take(step)
      await play.stage.settled()
      for (const end of play.all) {
        const words = end.told.filter((line) => line.includes(': '))
        heard += words.length
        expect(new Set(words).size).toBe(words.length)
        for (const line of words) {
          const [from = '', text = ''] = line.split(': ')
          const saying = play.said.get(text)
          expect(saying === undefined ? 'nobody' : nameOf(saying.by)).toBe(from)
          // A cast may be brought to one who has met its sender, and was not among its receivers.
          if (saying?.to.length === 1) expect(saying.to).toContain(nameOf(end))
        }
        // Heard between its coming and its going only.
        const here = new Set<string>()
        for (const line of end.told) {
          if (line.startsWith('+')) {
            for (const life of here) if (life[0] === line[1]) here.delete(life)
            here.add(line.slice(1))
          } else if (line.startsWith('-')) here.delete(line.slice(1))
          else expect([...here]).toContain(line.split(': ')[0])
        }
      }
      play.stage.close()
      await play.stage.settled()
    },
  )
  await fc.assert(property, { numRuns: 150 })
  // Or it has shown nothing.
  expect(heard).toBeGreaterThan(50)
})
