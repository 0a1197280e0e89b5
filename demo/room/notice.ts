import { InvalidInvite, type RoomStatus, StorageError, Unsupported } from 'epaxos'
import { counted, messageOf, sentence } from '../text.js'

/** What a visitor may do about it. */
export type Offer =
  | 'invite'
  | 'another tab'
  | 'new room'
  | 'come back'
  | 'in memory'
  | 'rebuild'
  | 'reload'
  | 'reconnect'

export interface Notice {
  readonly tone: 'calm' | 'grave'
  readonly title: string
  readonly text: string
  readonly offers: readonly Offer[]
}

/**
 * What a visitor must know before anything else; undefined while all is well.
 * @param stored the ids of members that are stored in this browser
 */
export const noticeOf = (status: RoomStatus, stored: ReadonlySet<string>): Notice | undefined => {
  const { role, reason = '', advice } = status
  switch (role) {
    case 'joining':
      return joining(status)
    case 'stopped':
      return {
        tone: 'grave',
        title: 'This tab has stopped taking part',
        text: `${sentence(reason)} What it knew stays readable below; ${
          status.storage.error === undefined ? '' : 'see whether the disk is full, then '
        }load the page again to start anew.`,
        offers: ['reload'],
      }
    case 'retired':
    case 'closed':
      return {
        tone: 'calm',
        title: 'You have left the room',
        text: 'What was here stays readable below. The room’s link brings you back, as a new member.',
        offers: ['come back', 'new room'],
      }
    case 'voter':
    case 'observer':
      if (reason !== '') return { tone: 'calm', title: 'Handing over', text: sentence(reason), offers: [] }
      if (status.quorum === 'none') return tooFew(status, stored)
      if (status.link.state === 'reconnecting') return withoutRelay(status)
      if (status.members.length === 1) return alone(status)
      if (advice === undefined) return undefined
      return status.voters.length === 1
        ? { tone: 'calm', title: 'One voter so far', text: advice, offers: ['another tab'] }
        : { tone: 'grave', title: 'Take note', text: advice, offers: [] }
  }
}

/** The visitor has cut this tab off: whatever else is so, this is why. */
export const CUT_OFF: Notice = {
  tone: 'grave',
  title: 'This tab is cut off',
  text: 'Nothing passes, either way. Go on all the same: what you do shows here, waits, and is carried out everywhere once you reconnect, unless others were first.',
  offers: ['reconnect'],
}

/** There is no room to be shown: the address is neither a door nor an invite, or the room can't be opened here at all. */
export const notOpened = (error: unknown): Notice => {
  const reason = sentence(messageOf(error))
  if (error instanceof InvalidInvite && error.reason !== 'relay') {
    return {
      tone: 'grave',
      title: 'This address leads nowhere',
      text: `What is behind its # is no part of this page, and can’t be read as an invite to a room. ${reason} Ask for the link again, or make a room of your own.`,
      offers: ['new room'],
    }
  }
  const title = 'The room can’t be opened here'
  if (!(error instanceof StorageError || error instanceof Unsupported)) {
    return { tone: 'grave', title, text: reason, offers: ['reload'] }
  }
  return {
    tone: 'grave',
    title,
    text: `${reason} A private window, or a setting, may keep this page from storing anything. Without a storage you can take part as well, for as long as the tab is open.`,
    offers: ['reload', 'in memory'],
  }
}

const joining = ({ reason, advice, link, snapshot, members }: RoomStatus): Notice => {
  const waits = (title: string, text: string, offers: readonly Offer[] = []): Notice => ({
    tone: 'calm',
    title,
    text: `${text} Edits made now wait until then.`,
    offers,
  })
  if (advice !== undefined) return { tone: 'grave', title: 'This tab can’t come in', text: advice, offers: ['reload'] }
  if (link.state !== 'open') {
    return waits('Looking for the relay', 'It brings the members of a room together. This goes on until it answers.')
  }
  if (snapshot !== undefined) return waits('Coming in', 'This tab is being given the room’s state.')
  if (members.some(({ role }) => role !== 'joining')) {
    return waits(
      'Coming in',
      reason === undefined ? 'The members are here, and bring the state along.' : sentence(reason),
    )
  }
  return waits(
    'Nobody of this room is here',
    'An invite never makes a room: this tab comes in as soon as one of the room’s members opens it again.',
    ['new room'],
  )
}

/** Whoever is connected directly is still there. */
const withoutRelay = ({ members }: RoomStatus): Notice => ({
  tone: 'grave',
  title: 'The relay can’t be reached',
  text: `It brings the members of a room together: until it answers nobody new can come in${
    members.length === 1 ? '' : ', and only members with a direct connection are heard'
  }. See whether this device is online; if it is, the relay is down, or the page’s host has none. The page goes on trying by itself.`,
  offers: [],
})

const alone = ({ storage }: RoomStatus): Notice => ({
  tone: 'calm',
  title: 'You are the only one here',
  text: `Open the room’s link in other tabs, browsers or devices: whoever has it can come in. Once three are here, any one of them may go. Until then the room ${
    storage.durable ? 'stops when this tab closes, and goes on when it is opened again' : 'ends when this tab closes'
  }.`,
  offers: ['invite', 'another tab'],
})

const tooFew = ({ voters, suspected }: RoomStatus, stored: ReadonlySet<string>): Notice => {
  const known = suspected.filter((voter) => stored.has(voter)).length
  const way =
    known === 0
      ? 'They come back when the room is opened where they had it open.'
      : `This browser has ${known} of the missing ones stored: open the room in ${counted(known, 'more tab')}.`
  return {
    tone: 'grave',
    title: `${voters.length - suspected.length} of ${counted(voters.length, 'voter')} here`,
    text: `Too few to agree on anything: edits wait, and what was executed stays readable. ${way} If they are gone for good, the room can be rebuilt from this tab.`,
    offers: known === 0 ? ['rebuild'] : ['another tab', 'rebuild'],
  }
}
