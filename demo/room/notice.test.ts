import { InvalidInvite, type RoomStatus, StorageError } from 'epaxos'
import { roomStatus } from 'epaxos/testing'
import { describe, expect, it } from 'vitest'
import { noticeOf, notOpened } from './notice.js'

const well = roomStatus()
const [, B, C] = well.voters as readonly [string, string, string]
const unreachable: RoomStatus['link'] = { ...well.link, state: 'reconnecting', reason: 'relay-unreachable' }
const alone = { voters: [well.id], members: well.members.slice(0, 1), survives: 0 }

const told = (changes: Partial<RoomStatus>, stored: readonly string[] = []): ReturnType<typeof noticeOf> =>
  noticeOf(roomStatus(changes), new Set(stored))

describe('a visitor', () => {
  it('is told nothing while all is well', () => {
    expect(told({})).toBeUndefined()
  })

  it('who is alone is led to the link', () => {
    expect(told(alone)).toMatchObject({ title: 'You are the only one here', offers: ['invite', 'another tab'] })
  })

  it('hears of a relay that can’t be reached before anything that needs it, and what it means for who is here', () => {
    const others = told({ link: unreachable })
    expect(others).toMatchObject({ tone: 'grave', title: 'The relay can’t be reached' })
    expect(others?.text).toContain('only members with a direct connection are heard')
    const nobody = told({ ...alone, link: unreachable })
    expect(nobody?.title).toBe('The relay can’t be reached')
    expect(nobody?.text).not.toContain('direct connection')
  })

  it('hears that too few are here before anything else, and where the missing ones are stored', () => {
    const few = { quorum: 'none', suspected: [B, C], link: unreachable } as const
    expect(told(few)).toMatchObject({ title: '1 of 3 voters here', offers: ['rebuild'] })
    expect(told(few, [B])).toMatchObject({ offers: ['another tab', 'rebuild'] })
  })

  it('whose disk has failed is told to look at it, and to load again', () => {
    const storage = { ...well.storage, error: 'no space' }
    const failed = told({ role: 'stopped', reason: 'a write has failed: no space', storage })
    expect(failed?.text).toContain('see whether the disk is full')
    expect(failed?.offers).toEqual(['reload'])
    expect(told({ role: 'stopped', reason: 'it is a copy' })?.text).not.toContain('disk')
  })

  it('who comes in hears what that waits for: the relay, the state, or a member', () => {
    const title = (changes: Partial<RoomStatus>) => told({ role: 'joining', ...changes })?.title
    expect(title({ link: unreachable })).toBe('Looking for the relay')
    expect(title({})).toBe('Coming in')
    expect(title({ members: well.members.map((each) => ({ ...each, role: 'joining' })) })).toBe(
      'Nobody of this room is here',
    )
    expect(title({ advice: 'the group is another one' })).toBe('This tab can’t come in')
    expect(told({ role: 'joining' })?.text).toContain('bring the state along')
  })

  it('hears what to take note of, and that one voter alone decides so far', () => {
    const advice = 'Two share a place.'
    expect(told({ advice })).toMatchObject({ tone: 'grave', text: advice, offers: [] })
    expect(told({ advice, voters: well.voters.slice(0, 1) })).toMatchObject({ tone: 'calm', offers: ['another tab'] })
    expect(told({ reason: 'it hands over' })).toMatchObject({ title: 'Handing over' })
  })

  it('who has left may come back', () => {
    expect(told({ role: 'closed' })).toMatchObject({ offers: ['come back', 'new room'] })
  })
})

describe('a room that can’t be opened', () => {
  it('for want of an invite leads to a new one', () => {
    expect(notOpened(new InvalidInvite('malformed', 'this is no invite'))).toMatchObject({
      title: 'This address leads nowhere',
      offers: ['new room'],
    })
  })

  it('for want of a storage can be opened without one', () => {
    const notice = notOpened(new StorageError('unavailable', 'the operation is insecure.'))
    expect(notice).toMatchObject({ title: 'The room can’t be opened here', offers: ['reload', 'in memory'] })
    // One full stop.
    expect(notice.text).toMatch(/^The operation is insecure\. [A-Z]/)
  })

  it('for any other reason says it, and can be tried again', () => {
    expect(notOpened(new InvalidInvite('relay', 'http: is no relay'))).toMatchObject({
      title: 'The room can’t be opened here',
      text: 'Http: is no relay.',
    })
    expect(notOpened(new TypeError('out of luck'))).toMatchObject({ text: 'Out of luck.', offers: ['reload'] })
  })
})
