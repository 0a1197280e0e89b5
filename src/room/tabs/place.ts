import type { GroupId } from '../../core/index.js'
import type { AnyState } from '../../state/index.js'
import type { RoomOptions } from '../contract.js'
import type { Environment } from '../environment.js'
import { eventually } from '../eventually.js'
import { hold } from '../hold.js'
import type { Host } from '../host.js'
import { sharedTabs } from '../late/parts.js'
import type { Own } from '../own.js'

/** What the tabs of one origin share the member of a group by. */
export interface Sharing {
  readonly locks: LockManager
  readonly group: GroupId
  /** This tab's name: 32 random lower-case hex digits. */
  readonly tab: string
  readonly environment: Environment
}

/** Undefined where each tab is a member of its own. */
export const sharingOf = (
  { tabs = 'shared', storage }: RoomOptions<AnyState>,
  group: GroupId,
  environment: Environment,
): Sharing | undefined => {
  const locks = environment.locks ?? globalThis.navigator?.locks
  if (tabs === 'separate' || !storage.durable || locks === undefined) return undefined
  if (typeof BroadcastChannel === 'undefined') return undefined
  return { locks, group, tab: environment.id(), environment }
}

/** The place of the one tab that holds the member. */
export class HostPlace {
  readonly #sharing: Sharing
  readonly #free: () => void
  #closeToGuests = (): void => {}

  private constructor(sharing: Sharing, free: () => void) {
    this.#sharing = sharing
    this.#free = free
  }

  /** Undefined where another tab has it; or, with a signal, when that was aborted before it was free. */
  static async of(
    sharing: Sharing,
    how: { readonly ifAvailable: true } | { readonly signal: AbortSignal },
  ): Promise<HostPlace | undefined> {
    const free = await hold(sharing.locks, `epaxos/${sharing.group}/host`, how)
    return free && new HostPlace(sharing, free)
  }

  /** What is opened for a life in this place, which is free again when the identity is. */
  async open(open: () => Promise<Own>): Promise<Own> {
    try {
      const own = await open()
      const { id, release } = own.identity
      const releaseBoth = (): void => {
        release()
        this.leave()
      }
      return { ...own, identity: { id, release: releaseBoth } }
    } catch (error) {
      this.leave()
      throw error
    }
  }

  /** Lets the other tabs use this member. To be called in the turn in which it was made. */
  serve<S extends AnyState>(host: Host<S>): void {
    // Who has used the member before waits for this place, and was there first: whoever takes it anew has no guests yet.
    const inherited = new Set(host.drafts.map(({ id }) => id))
    this.#closeToGuests = eventually(sharedTabs, this.#sharing.environment, ({ Guests }) => {
      const guests = new Guests(host, inherited, this.#sharing)
      this.#closeToGuests = () => guests.close()
    })
  }

  leave(): void {
    this.#closeToGuests()
    this.#free()
  }
}
