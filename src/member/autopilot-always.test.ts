import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quorumsOf, type ReplicaId } from '../core/index.js'
import { type AutopilotOptions, autopilot, fixedVoters } from './autopilot.js'
import type { Candidate, Decision, PolicyView } from './policy.js'

// What holds for every decision, whoever is there.

const standings = fc.record({
  silentMs: fc.constantFrom(0, 0, 0, 2000, 20_000, 40_000, Number.POSITIVE_INFINITY),
  close: fc.constantFrom(true, true, true, false),
  leaving: fc.constantFrom(false, false, false, true),
  durable: fc.constantFrom(true, true, false),
  place: fc.constantFrom(...'abcdefghijk'),
  ageMs: fc.integer({ min: 0, max: 3 }),
  stateVersions: fc.constantFrom<readonly [number, number]>([2, 2], [2, 2], [1, 2], [1, 3], [2, 4], [1, 1], [3, 3]),
  wireVersions: fc.constant([4, 4] as const),
})
type Told = typeof standings extends fc.Arbitrary<infer One> ? One : never

/** Up to nine voters, of whom the first decides, and up to nine observers. */
const roomsWith = (change: (told: Told) => Told): fc.Arbitrary<PolicyView> =>
  fc
    .tuple(
      fc.array(standings, { minLength: 1, maxLength: 9 }),
      fc.array(standings, { maxLength: 9 }),
      fc.shuffledSubarray([...'abcdefghijklmnopqr'], { minLength: 18 }),
    )
    .map(([voters, observers, letters]) => {
      const candidates = [...voters, ...observers].map((told, index): Candidate => {
        const self = index === 0
        const now = self ? { silentMs: 0, stateVersions: [1, 4] as const } : {}
        return { ...change(told), ...now, id: `${letters[index]}`.repeat(32), self }
      })
      const ids = candidates.slice(0, voters.length).map(({ id }) => id)
      return { configuration: { number: 4, voters: ids.sort(), wireVersion: 4, stateVersion: 2 }, candidates }
    })
const rooms = roomsWith((told) => told)
const options: fc.Arbitrary<AutopilotOptions> = fc.record({
  mostVoters: fc.constantFrom<1 | 3 | 5>(1, 3, 5),
  memoryVoters: fc.boolean(),
})

const decide = (view: PolicyView, chosen: AutopilotOptions): Decision => autopilot(chosen)(view)

/** The room after each decision, until there is nothing more to decide. */
const course = (view: PolicyView, chosen: AutopilotOptions): readonly PolicyView[] => {
  const { voters } = decide(view, chosen)
  if (voters === undefined) return []
  const next = { ...view, configuration: { ...view.configuration, voters } }
  return [next, ...course(next, chosen)]
}

const member = (view: PolicyView, id: ReplicaId): Candidate => view.candidates.find((one) => one.id === id) as Candidate
const runs = ({ stateVersions: [lowest, highest] }: Candidate, version: number): boolean =>
  lowest <= version && version <= highest
const here = (one: Candidate): boolean => one.silentMs <= 5000 && runs(one, 2)
const ready = (one: Candidate): boolean => here(one) && (one.self || one.close)
const votes = (view: PolicyView, { id }: Candidate): boolean => view.configuration.voters.includes(id)
const stays = (view: PolicyView, one: Candidate): boolean =>
  votes(view, one) && !one.leaving && one.silentMs <= 30_000 && runs(one, 2)

it('the next voters are an odd number of members within bounds, and different from the present ones', () => {
  fc.assert(
    fc.property(rooms, options, (view, chosen) => {
      const { voters, reason } = decide(view, chosen)
      expect(reason).not.toBe('')
      expect(reason).not.toMatch(/([a-r])\1{4}/)
      if (voters === undefined) return
      expect([1, 3, 5]).toContain(voters.length)
      expect(voters.length).toBeLessThanOrEqual(chosen.mostVoters ?? 5)
      expect(voters).toEqual([...new Set(voters)].sort())
      expect(voters).not.toEqual(view.configuration.voters)
    }),
  )
})

it('both quorums are here, and a newcomer is ready to vote [H29]', () => {
  fc.assert(
    fc.property(rooms, options, (view, chosen) => {
      const { voters } = decide(view, chosen)
      if (voters === undefined) return
      const present = view.configuration.voters.filter((id) => here(member(view, id)))
      expect(present.length).toBeGreaterThanOrEqual(quorumsOf(view.configuration.voters.length).slow)
      const next = voters.map((id) => member(view, id))
      expect(next.filter(ready).length).toBeGreaterThanOrEqual(quorumsOf(next.length).slow)
      for (const one of next.filter((each) => !votes(view, each))) {
        expect(ready(one) && !one.leaving).toBe(true)
        const nobodyElse = voters.length === 1 && !view.candidates.some((each) => stays(view, each))
        expect(one.durable || chosen.memoryVoters || nobodyElse).toBe(true)
      }
    }),
  )
})

it('one of the voters that are here goes on, unless all of these are leaving', () => {
  fc.assert(
    fc.property(rooms, options, (view, chosen) => {
      const { voters } = decide(view, chosen)
      const present = view.candidates.filter((one) => stays(view, one) && here(one))
      if (voters !== undefined && present.length > 0) expect(present.some(({ id }) => voters.includes(id))).toBe(true)
    }),
  )
})

it('a durable voter that stays, alone in its place, gives way to nobody', () => {
  fc.assert(
    fc.property(rooms, options, (view, chosen) => {
      const { voters } = decide(view, chosen)
      if (voters === undefined) return
      const kept = view.candidates.filter((one) => stays(view, one) && voters.includes(one.id))
      const gaveWay = view.candidates.some(
        (one) =>
          stays(view, one) && one.durable && !voters.includes(one.id) && !kept.some(({ place }) => place === one.place),
      )
      if (gaveWay) expect(voters.every((id) => view.configuration.voters.includes(id))).toBe(true)
    }),
  )
})

it('comes to rest after four decisions at most, when nothing else happens', () => {
  fc.assert(
    fc.property(rooms, options, (view, chosen) => {
      expect(course(view, chosen).length).toBeLessThanOrEqual(4)
    }),
  )
})

it('has nothing to add to its decision, where nobody gives way to somebody better', () => {
  const durable = roomsWith((told) => ({ ...told, durable: true }))
  fc.assert(
    fc.property(durable, options, (view, chosen) => {
      const apart = { ...view, candidates: view.candidates.map((one) => ({ ...one, place: one.id })) }
      const sizes = course(apart, chosen).map(({ configuration }) => configuration.voters.length)
      // From one voter to five it goes by way of three.
      expect([[], [1], [3], [5], [3, 5]]).toContainEqual(sizes)
    }),
  )
})

it('ends with every voter in a place of its own, and durable, wherever somebody is here for that', () => {
  const well = roomsWith((told) => ({ ...told, silentMs: 0, close: true, stateVersions: [2, 2] }))
  fc.assert(
    fc.property(well, options, (view, chosen) => {
      const rest = course(view, chosen).at(-1) ?? view
      const voting = rest.candidates.filter((one) => votes(rest, one))
      if (voting.length === 1) return
      const places = new Set(voting.map(({ place }) => place))
      const free = rest.candidates.filter(
        (one) => !one.leaving && (one.durable || chosen.memoryVoters) && !places.has(one.place),
      )
      if (free.length > 0) expect(places.size).toBe(voting.length)
      if (free.some(({ durable }) => durable)) expect(voting.every(({ durable }) => durable)).toBe(true)
    }),
  )
})

it('the version is one that all who are here can execute, and all who will vote', () => {
  fc.assert(
    fc.property(rooms, options, (view, chosen) => {
      for (const { voters, stateVersion } of [decide(view, chosen), fixedVoters(view)]) {
        expect(stateVersion).toBeGreaterThanOrEqual(2)
        if (stateVersion === 2) continue
        const next = voters ?? view.configuration.voters
        for (const one of view.candidates.filter((each) => here(each) || next.includes(each.id))) {
          expect(runs(one, stateVersion)).toBe(true)
        }
      }
    }),
  )
})

it('in whatever order they are told of, the decision is the same', () => {
  fc.assert(
    fc.property(rooms, options, (view, chosen) => {
      const reversed = { ...view, candidates: view.candidates.toReversed() }
      expect(decide(reversed, chosen)).toEqual(decide(view, chosen))
    }),
  )
})
