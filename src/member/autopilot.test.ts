import { describe, expect, it } from 'vitest'
import { type AutopilotOptions, autopilot, fixedVoters } from './autopilot.js'
import type { Candidate, Decision, PolicyView } from './policy.js'

/** `a` is the id aaaa…; its place is `a` too, unless told. */
const idOf = (letter: string): string => letter.repeat(32)
type Told = Partial<Omit<Candidate, 'id'>>

/** Voters and observers by letter; all are here, durable, caught up and equally old. The first voter is the one that decides. */
const see = (voters: Record<string, Told>, observers: Record<string, Told> = {}, stateVersion = 1): PolicyView => ({
  configuration: { number: 4, voters: Object.keys(voters).map(idOf).sort(), wireVersion: 4, stateVersion },
  candidates: Object.entries({ ...voters, ...observers }).map(([letter, told], index) => ({
    id: idOf(letter),
    self: index === 0,
    silentMs: 0,
    // Nobody tells oneself.
    close: index > 0,
    leaving: false,
    durable: true,
    place: letter,
    ageMs: 1000,
    stateVersions: [1, 1],
    wireVersions: [4, 4],
    ...told,
  })),
})

const lettersOf = ({ voters }: Decision): string | undefined => voters?.map((id) => id.charAt(0)).join('')

/** Who votes, and why; `undefined` for as it is. */
const said = (view: PolicyView, options?: AutopilotOptions): readonly (string | undefined)[] => {
  const decision = autopilot(options)(view)
  return [lettersOf(decision), decision.reason]
}

/** What comes of deciding again and again while nothing else happens. */
const course = (view: PolicyView, options?: AutopilotOptions): readonly (string | undefined)[] => {
  const decision = autopilot(options)(view)
  if (decision.voters === undefined) return []
  const adopted = { ...view, configuration: { ...view.configuration, voters: decision.voters } }
  return [lettersOf(decision), ...course(adopted, options)]
}

const AWAY: Told = { silentMs: 40_000, close: false }
const QUIET: Told = { silentMs: 20_000, close: false }
const GONE: Told = { silentMs: Number.POSITIVE_INFINITY, close: false }
const MEMORY: Told = { durable: false }
const LEAVING: Told = { leaving: true }
const V1: Told = { stateVersions: [1, 1] }
const V2: Told = { stateVersions: [1, 2] }

describe('how many voters there are', () => {
  it.each<[string, PolicyView, string | undefined, string]>([
    ['one alone', see({ a: {} }), undefined, '1 of 1 voter is here; nobody could take over'],
    [
      'one, with only memory beside it',
      see({ a: {} }, { b: MEMORY, c: MEMORY }),
      undefined,
      '1 of 1 voter is here; nobody could take over',
    ],
    ['one, with two places', see({ a: {} }, { b: {} }), undefined, '1 of 1 voter is here; 1 observer could take over'],
    [
      'three, from three places on',
      see({ a: {} }, { b: {}, c: {} }),
      'abc',
      'bbbb and cccc join the voters, which makes 3',
    ],
    [
      'three, with six places',
      see({ a: {}, b: {}, c: {} }, { d: {}, e: {}, f: {} }),
      undefined,
      '3 of 3 voters are here; 3 observers could take over',
    ],
    [
      'five, from seven places on',
      see({ a: {}, b: {}, c: {} }, { d: {}, e: {}, f: {}, g: {} }),
      'abcde',
      'dddd and eeee join the voters, which makes 5',
    ],
    [
      'five, as long as all five stay',
      see({ a: {}, b: {}, c: {}, d: {}, e: {} }),
      undefined,
      '5 of 5 voters are here; nobody could take over',
    ],
    [
      'three of a fixed pair that gets company',
      see({ a: {}, b: {} }, { c: {} }),
      'abc',
      'cccc joins the voters, which makes 3',
    ],
    ['an odd number of four', see({ a: {}, b: {}, c: {}, d: {} }), 'abc', 'dddd steps back, and 3 voters go on'],
    [
      'five of nine',
      see({ a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {} }),
      'abcde',
      'ffff, gggg, hhhh and iiii step back, and 5 voters go on',
    ],
  ])('%s', (_, view, voters, reason) => {
    expect(said(view)).toEqual([voters, reason])
  })

  it('goes from one to five by way of three: of five voters, three have the state before', () => {
    expect(course(see({ a: {} }, { b: {}, c: {}, d: {}, e: {}, f: {}, g: {} }))).toEqual(['abc', 'abcde'])
  })

  it('is never more than allowed', () => {
    const seven = see({ a: {}, b: {}, c: {} }, { d: {}, e: {}, f: {}, g: {} })
    expect(course(seven, { mostVoters: 3 })).toEqual([])
    expect(course(seven, { mostVoters: 1 })).toEqual(['a'])
    expect(course(see({ a: {} }, { b: {}, c: {} }), { mostVoters: 1 })).toEqual([])
  })

  it('counts members of one place as one', () => {
    expect(course(see({ a: {} }, { b: { place: 'a' }, c: {} }))).toEqual([])
    expect(course(see({ a: {} }, { b: { place: 'c' }, c: {} }))).toEqual([])
    expect(course(see({ a: {} }, { b: { place: 'a' }, c: {}, d: {} }))).toEqual(['acd'])
  })
})

describe('who is replaced', () => {
  it.each<[string, PolicyView, string | undefined, string]>([
    [
      'one that is away for longer than the grace period',
      see({ a: {}, b: {}, c: AWAY }, { d: {} }),
      'abd',
      'cccc has been away for 40 s, and dddd takes over',
    ],
    [
      'none that has been quiet for less',
      see({ a: {}, b: {}, c: QUIET }, { d: {} }),
      undefined,
      '2 of 3 voters are here; 1 observer could take over',
    ],
    [
      'one that has said goodbye, at once',
      see({ a: {}, b: {}, c: GONE }, { d: {} }),
      'abd',
      'cccc has gone, and dddd takes over',
    ],
    [
      'one that is leaving, at once',
      see({ a: {}, b: LEAVING, c: {} }, { d: {} }),
      'acd',
      'bbbb is leaving, and dddd takes over',
    ],
    [
      'one whose code is too old',
      see({ a: V2, b: V2, c: V1 }, { d: V2 }, 2),
      'abd',
      'cccc has code of another version, and dddd takes over',
    ],
    [
      'two of five together',
      see({ a: {}, b: AWAY, c: {}, d: GONE, e: {} }, { f: {}, g: {} }),
      'acefg',
      'bbbb has been away for 40 s, dddd has gone, and ffff and gggg take over',
    ],
    [
      'a voter in memory, by a durable one',
      see({ a: {}, b: {}, c: MEMORY }, { d: {} }),
      'abd',
      'cccc keeps its state in memory only, and dddd takes over',
    ],
    [
      'one of two in a place',
      see({ a: {}, b: { place: 'a' }, c: {} }, { d: {} }),
      'acd',
      'bbbb shares a place with aaaa, and dddd takes over',
    ],
    [
      'none merely because somebody has been here for longer',
      see({ a: {}, b: {}, c: {} }, { d: { ageMs: 1e9 } }),
      undefined,
      '3 of 3 voters are here; 1 observer could take over',
    ],
    [
      'none of two in a place, with nobody to take over',
      see({ a: {}, b: { place: 'a' }, c: {} }),
      undefined,
      '3 of 3 voters are here; nobody could take over',
    ],
  ])('%s', (_, view, voters, reason) => {
    expect(said(view)).toEqual([voters, reason])
  })

  it('takes those that have been away for the given time', () => {
    const view = see({ a: {}, b: {}, c: AWAY }, { d: {} })
    expect(course(view, { graceMs: 40_000 })).toEqual([])
    expect(course(view, { graceMs: 39_999 })).toEqual(['abd'])
    expect(course(see({ a: {}, b: {}, c: QUIET }, { d: {} }), { graceMs: 10_000 })).toEqual(['abd'])
  })

  it('takes healthy voters one by one, so that what stays is a slow quorum without the newcomers [H29]', () => {
    const threeTabs = see({ a: {}, b: { place: 'a' }, c: { place: 'a' } }, { d: {}, e: {} })
    expect(course(threeTabs)).toEqual(['abd', 'ade'])
    const inMemory = see({ a: MEMORY, b: MEMORY, c: MEMORY }, { d: {}, e: {}, f: {} })
    expect(course(inMemory)).toEqual(['abd', 'ade', 'def'])
  })

  it('takes no voter in memory that is alone: it would be nobody who had the state before', () => {
    expect(course(see({ a: MEMORY }, { b: {} }))).toEqual([])
    expect(course(see({ a: MEMORY }, { b: {}, c: {} }))).toEqual(['abc'])
    expect(course(see({ a: MEMORY }, { b: {}, c: {}, d: {} }))).toEqual(['abc', 'bcd'])
  })
})

describe('who takes over', () => {
  it.each<[string, Told, Told, string]>([
    ['the one that has been a member for longer', { ageMs: 1 }, { ageMs: 2 }, 'abe'],
    ['the first of equals', {}, {}, 'abd'],
    ['the durable one', { ageMs: 9000, durable: false }, {}, 'abe'],
    ['one that is here', QUIET, {}, 'abe'],
    ['one that has caught up', { close: false }, {}, 'abe'],
    ['one that is not leaving', LEAVING, {}, 'abe'],
    ['one in a place where no voter is', { place: 'a' }, {}, 'abe'],
    ['one in the place of who went', { place: 'c' }, { place: 'a' }, 'abd'],
    ['one that can execute the present version', { stateVersions: [2, 3] }, {}, 'abe'],
    ['one that can read the packets', { wireVersions: [5, 6] }, {}, 'abe'],
  ])('%s', (_, d, e, voters) => {
    expect(course(see({ a: {}, b: {}, c: AWAY }, { d, e }))).toEqual([voters])
  })

  it('is a member in memory only where that is wanted, and a durable one even then', () => {
    const view = see({ a: {}, b: {}, c: AWAY }, { d: MEMORY, e: MEMORY })
    expect(course(view)).toEqual(['a'])
    expect(course(view, { memoryVoters: true })).toEqual(['abd'])
    expect(course(see({ a: {}, b: {}, c: MEMORY }, { d: {} }), { memoryVoters: true })).toEqual(['abd'])
  })
})

describe('with nobody to take over', () => {
  it.each<[string, PolicyView, string, string]>([
    [
      'three become one: then it does no harm that the other goes',
      see({ a: {}, b: {}, c: AWAY }),
      'a',
      'cccc has been away for 40 s, bbbb steps back, and 1 voter goes on',
    ],
    [
      'the durable one goes on',
      see({ a: MEMORY, b: {}, c: GONE }),
      'b',
      'cccc has gone, aaaa steps back, and 1 voter goes on',
    ],
    [
      'the one goes on that has been a member for longer',
      see({ a: {}, b: { ageMs: 2000 }, c: GONE }),
      'b',
      'cccc has gone, aaaa steps back, and 1 voter goes on',
    ],
    [
      'the one goes on that has caught up',
      see({ a: {}, b: { ageMs: 2000, close: false }, c: GONE }),
      'a',
      'cccc has gone, bbbb steps back, and 1 voter goes on',
    ],
    [
      'five become three',
      see({ a: {}, b: {}, c: {}, d: {}, e: AWAY }),
      'abc',
      'eeee has been away for 40 s, dddd steps back, and 3 voters go on',
    ],
    [
      'five become three with two away',
      see({ a: {}, b: AWAY, c: {}, d: {}, e: AWAY }),
      'acd',
      'bbbb has been away for 40 s, eeee has been away for 40 s, and 3 voters go on',
    ],
    [
      'one that is leaving is let go',
      see({ a: {}, b: {}, c: LEAVING }),
      'a',
      'cccc is leaving, bbbb steps back, and 1 voter goes on',
    ],
    [
      'one goes on where all want to go, since none of them could otherwise',
      see({ a: LEAVING, b: LEAVING, c: LEAVING }),
      'a',
      'bbbb is leaving, cccc is leaving, and 1 voter goes on',
    ],
  ])('%s', (_, view, voters, reason) => {
    expect(said(view)).toEqual([voters, reason])
    expect(course(view)).toEqual([voters])
  })
})

describe('a voter that is alone and leaves', () => {
  it.each<[string, Record<string, Told>, string | undefined, string]>([
    [
      'hands over to the one that has been a member for longest',
      { b: {}, c: { ageMs: 2000, place: 'b' } },
      'c',
      'aaaa is leaving, and cccc takes over',
    ],
    [
      'hands over to a durable one',
      { b: { ...MEMORY, ageMs: 2000 }, c: {} },
      'c',
      'aaaa is leaving, and cccc takes over',
    ],
    [
      'hands over to one in memory, where no other is',
      { b: MEMORY, c: { ...MEMORY, ageMs: 2000 }, d: MEMORY },
      'c',
      'aaaa is leaving, and cccc takes over',
    ],
    [
      'stays while nobody has caught up',
      { b: { close: false } },
      undefined,
      'aaaa is leaving, and nobody is here to take over',
    ],
    ['stays while nobody else is here', {}, undefined, 'aaaa is leaving, and nobody is here to take over'],
  ])('%s', (_, observers, voters, reason) => {
    expect(said(see({ a: LEAVING }, observers))).toEqual([voters, reason])
  })
})

describe('the quorums', () => {
  it.each<[string, PolicyView, string]>([
    [
      'nothing changes while too few voters are here: a seal that waits for them would be out of date',
      see({ a: {}, b: AWAY, c: QUIET }, { d: {}, e: {} }),
      '1 of 3 voters is here, 2 are needed: the room waits for bbbb or cccc',
    ],
    [
      'of five, three are needed',
      see({ a: {}, b: {}, c: GONE, d: GONE, e: GONE }),
      '2 of 5 voters are here, 3 are needed: the room waits for cccc, dddd or eeee',
    ],
    [
      'voters whose code is too old are not here',
      see({ a: V2, b: V1, c: V1 }, {}, 2),
      '1 of 3 voters is here, 2 are needed: the room waits for bbbb or cccc',
    ],
    [
      'of the new voters, a slow quorum must have caught up [H29]',
      see({ a: {}, b: { close: false }, c: { close: false }, d: { close: false }, e: AWAY }),
      'eeee has been away for 40 s, dddd steps back, and 3 voters go on, as soon as enough of the new voters are here and have caught up',
    ],
  ])('%s', (_, view, reason) => {
    expect(said(view)).toEqual([undefined, reason])
  })
})

describe('the version of the state', () => {
  const versioned = (view: PolicyView, policy = autopilot()): readonly (string | number | undefined)[] => {
    const decision = policy(view)
    return [lettersOf(decision), decision.stateVersion, decision.reason]
  }

  it('is raised to the highest that all who are here can execute, observers too', () => {
    const view = see(
      { a: { stateVersions: [1, 4] }, b: { stateVersions: [1, 3] }, c: { stateVersions: [1, 4] } },
      { d: V2 },
    )
    const raised =
      '3 of 3 voters are here; 1 observer could take over; the state goes on as version 2, which everybody here can execute'
    expect(versioned(view)).toEqual([undefined, 2, raised])
  })

  it('is raised together with a change of voters', () => {
    const raised =
      'cccc has been away for 40 s, and dddd takes over; the state goes on as version 2, which everybody here can execute'
    expect(versioned(see({ a: V2, b: V2, c: { ...V1, ...AWAY } }, { d: V2 }))).toEqual(['abd', 2, raised])
  })

  it.each<[string, PolicyView]>([
    [
      'while a voter is not here: it may come back with the code that it had',
      see({ a: V2, b: V2, c: { ...V2, ...QUIET } }),
    ],
    ['while an observer can not execute it', see({ a: V2, b: V2, c: V2 }, { d: V1 })],
    [
      'past what one can still execute, to please another that is too new',
      see({ a: V2, b: V1, c: V2 }, { d: { stateVersions: [2, 2] } }),
    ],
    ['where no version suits all', see({ a: { stateVersions: [1, 2] } }, { d: { stateVersions: [3, 3] } })],
    ['while too few voters have caught up', see({ a: V2, b: { ...V2, close: false }, c: { ...V2, close: false } })],
  ])('stays %s', (_, view) => {
    expect(autopilot()(view).stateVersion).toBe(1)
    expect(autopilot()(view).reason).not.toContain('version')
  })

  it('is never lowered, and waits for nobody whose code is too old already', () => {
    const V3: Told = { stateVersions: [1, 3] }
    expect(autopilot()(see({ a: V2, b: V2, c: V2 }, { d: V1 }, 2)).stateVersion).toBe(2)
    expect(autopilot()(see({ a: V3, b: V3, c: V3 }, { d: V1 }, 2)).stateVersion).toBe(3)
  })

  it('is raised where the voters are fixed, and they never change', () => {
    expect(versioned(see({ a: V1, b: V1, c: AWAY }, { d: V1 }), fixedVoters)).toEqual([
      undefined,
      1,
      '2 of 3 voters are here; they are fixed',
    ])
    expect(versioned(see({ a: V1, b: GONE, c: AWAY }, { d: V1 }), fixedVoters)).toEqual([
      undefined,
      1,
      '1 of 3 voters is here, 2 are needed: the room waits for bbbb or cccc',
    ])
    expect(versioned(see({ a: V2, b: V2, c: V2 }), fixedVoters).slice(0, 2)).toEqual([undefined, 2])
  })
})
