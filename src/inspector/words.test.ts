import { describe, expect, it } from 'vitest'
import type { PeerDiagnosis, RoomMember, RoomStatus } from '../room/index.js'
import { factsOf, healthInWords, healthOf, membersOf, noTraceOf } from './words.js'

const [A, B, C] = ['aaaa', 'bbbb', 'cccc'].map((letters) => letters.repeat(8)) as [string, string, string]

const member = (id: string, changes: Partial<RoomMember> = {}): RoomMember => ({
  id,
  role: 'voter',
  durable: true,
  sharesPlace: false,
  silent: false,
  ...changes,
})

const well: RoomStatus = {
  role: 'voter',
  reason: undefined,
  advice: undefined,
  id: A,
  incarnation: 1,
  group: 'd'.repeat(32),
  epoch: 2,
  voters: [A, B, C],
  suspected: [],
  quorum: 'fast',
  survives: 1,
  members: [member(A), member(B), member(C)],
  decision: undefined,
  snapshot: undefined,
  committed: [1, 1, 1],
  executed: [1, 1, 1],
  pending: 0,
  waiting: undefined,
  tab: 'host',
  diverged: [],
  behind: 0,
  link: {
    state: 'open',
    reason: undefined,
    peers: [
      { replica: B, incarnation: 1, kind: 'webrtc' },
      { replica: C, incarnation: 1, kind: 'relay' },
    ],
    counters: { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 },
  },
  storage: { durable: true, persisted: true, error: undefined, quarantined: [] },
  oversized: 0,
  refused: { packets: 0, messages: 0, strangers: 0, cut: 0, cutOff: [] },
}

const facts = (changes: Partial<RoomStatus>): Record<string, string> =>
  Object.fromEntries(factsOf({ ...well, ...changes }).map(({ name, text }) => [name, text]))

const peer = (id: string, changes: Partial<PeerDiagnosis> = {}): PeerDiagnosis => ({
  id,
  findings: [],
  path: 'webrtc',
  direct: undefined,
  sealed: true,
  introduced: true,
  silentMs: 20,
  ...changes,
})

describe('facts', () => {
  it('of a room that is well name role, epoch, quorum, what may be lost, storage and relay, and nothing that is not so', () => {
    expect(facts({})).toEqual({
      'This member': 'aaaa, voter',
      Epoch: 'no. 2, with 3 voters',
      Quorum: '3 of 3 voters are here: one round trip is enough where nothing interferes',
      'May be lost': '1 of 3 voters',
      Waiting: 'nothing',
      Storage: 'durable',
      Relay: 'open',
    })
  })

  it('say which path is left, and at last that changes wait, with what may be lost left out', () => {
    expect(facts({ quorum: 'slow', suspected: [C], survives: 0 })).toMatchObject({
      Quorum: '2 of 3 voters are here: every change takes a second round trip',
      'May be lost': 'none of 3 voters',
    })
    const none = facts({
      quorum: 'none',
      suspected: [B, C],
      survives: 0,
      pending: 2,
      waiting: 'too few voters are here',
    })
    expect(none).toMatchObject({
      Quorum: '1 of 3 voters are here: too few, so changes wait',
      Waiting: '2 changes: too few voters are here',
    })
    expect(none).not.toHaveProperty('May be lost')
  })

  it('of a room with one voter say that it decides alone, and that the room stops with it', () => {
    expect(facts({ voters: [A], members: [member(A)], survives: 0 })).toMatchObject({
      Epoch: 'no. 2, with 1 voter',
      Quorum: 'the one voter is here, and decides alone',
      'May be lost': 'none: the room stops when its one voter goes',
    })
  })

  it('of a member that takes no part say nothing of a quorum, and why', () => {
    const stopped = facts({ role: 'stopped', reason: 'its storage has failed' })
    expect(stopped).toMatchObject({ 'This member': 'aaaa, stopped: its storage has failed' })
    expect(stopped).not.toHaveProperty('Quorum')
    expect(facts({ role: 'joining', epoch: undefined, voters: [] })).not.toHaveProperty('Epoch')
  })

  it('of a member that has ended leave out how it was connected', () => {
    for (const role of ['stopped', 'retired', 'closed'] as const) expect(facts({ role })).not.toHaveProperty('Relay')
  })

  it('tell of a guest tab that the member is elsewhere', () => {
    expect(facts({ tab: 'guest' })['This member']).toBe('aaaa, voter, in another tab that this one uses')
  })

  it.each([
    [{ durable: false, persisted: undefined, error: undefined, quarantined: [] }, 'in memory: gone with this page'],
    [
      { durable: true, persisted: false, error: undefined, quarantined: [B] },
      'durable, but the browser may evict it when space runs out; 1 earlier left aside, since not to be trusted',
    ],
    [{ durable: true, persisted: true, error: 'no space', quarantined: [] }, 'a write has failed: no space'],
  ])('of a storage, %j, say what it is worth', (storage, said) => {
    expect(facts({ storage }).Storage).toBe(said)
  })

  it('name what was refused, and who is cut off, by their numbers', () => {
    const refused = { packets: 2, messages: 0, strangers: 1, cut: 0, cutOff: [{ member: B, reason: 'packet-rate' }] }
    expect(facts({ refused: refused as RoomStatus['refused'] }).Refused).toBe(
      '2 unreadable, 1 of strangers, bbbb is cut off (packet-rate)',
    )
  })

  it('tell what is behind, and why the relay is not open', () => {
    const link = { ...well.link, state: 'reconnecting', reason: 'relay-unreachable' } as const
    expect(facts({ behind: 1, link })).toMatchObject({
      Behind: '1 instance whose outcome is not known here yet',
      Relay: 'reconnecting: relay-unreachable',
    })
  })
})

describe('health', () => {
  it('is that of the quorum, and idle where a member takes no part', () => {
    expect([healthOf(well), healthInWords(well)]).toEqual(['fast', 'all is well'])
    const none = { ...well, quorum: 'none' } as const
    expect([healthOf(none), healthInWords(none)]).toEqual(['none', 'stands still'])
    const joining = { ...none, role: 'joining' } as const
    expect([healthOf(joining), healthInWords(joining)]).toEqual(['idle', 'joining'])
  })
})

describe('members', () => {
  it('come voters first, each with how it is reached, and when it was heard of where that is known', () => {
    const members = [member('0'.repeat(32), { role: 'observer', durable: false }), ...well.members]
    const diagnosis = { findings: [], peers: [peer(B, { silentMs: 4200 }), peer(C, { path: 'relay', silentMs: 90 })] }
    expect(membersOf({ ...well, members }, diagnosis).map(({ name, text }) => `${name} ${text}`)).toEqual([
      'aaaa voter · this member',
      'bbbb voter · direct, over WebRTC · heard 4 s ago',
      'cccc voter · over the relay · heard just now',
      '0000 observer · away · in memory',
    ])
  })

  it('of a room that this one has left are told without how they were reached', () => {
    const lines = membersOf({ ...well, role: 'closed' }, { findings: [], peers: [peer(B)] })
    expect(lines.map(({ text, reached }) => [text, reached])).toEqual([
      ['voter · this member', 'away'],
      ['voter', 'away'],
      ['voter', 'away'],
    ])
  })

  it('that are silent are away, however they were reached', () => {
    const members = [member(A), member(B, { silent: true })]
    expect(membersOf({ ...well, members }, undefined).map(({ reached }) => reached)).toEqual(['self', 'away'])
  })
})

it('instances can be drawn where there is a state, in the tab that is the member', () => {
  expect(noTraceOf(well)).toBeUndefined()
  expect(noTraceOf({ ...well, tab: 'guest' })).toContain('another tab')
  expect(noTraceOf({ ...well, role: 'joining' })).toContain('no state')
})
