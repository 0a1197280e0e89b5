import { autopilot, createRoom, openRoom, type ReplicatedMap, type Room, type RoomStatus, replicatedMap } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'
import { randomId } from '../../bench/ids.js'
import { removeDatabase, sizeOf } from '../../bench/memory-indexeddb.js'

/** Kept on (an imitation of) a disk, or in memory only. */
export type Keeping = 'stored' | 'memory'

export interface Member {
  readonly room: Room<ReplicatedMap>
  readonly keeping: Keeping
}

/** Also those vote that keep nothing; who is gone is replaced soon. */
const policy = autopilot({ mostVoters: 3, memoryVoters: true, graceMs: 5000 })

const VOTERS = 3

/** The members of one room, each on a machine of its own, as far as it can tell. They come and go. */
export class Company {
  /** Those that are asked to do something. */
  readonly members: Member[] = []
  /** Batches that took the place of the whole log before them, at all members that are stored. */
  compactions = 0
  replaced = 0
  readonly #relay: string
  #invite = ''

  constructor(relay: string) {
    this.#relay = relay
  }

  async found(): Promise<void> {
    const room = await createRoom({ ...this.#equipment('stored'), relay: this.#relay })
    this.#invite = room.invite()
    this.members.push({ room, keeping: 'stored' })
  }

  /** Resolves when it has the state, and executes. */
  async come(keeping: Keeping): Promise<Member> {
    const room = await openRoom(this.#invite, this.#equipment(keeping))
    await until(room, ({ role }) => role === 'observer' || role === 'voter')
    const member = { room, keeping }
    this.members.push(member)
    return member
  }

  /** Resolves when there are three voters, and all of them are here. */
  async complete(): Promise<void> {
    const [first] = this.members as [Member]
    await until(first.room, ({ voters, quorum }) => voters.length === VOTERS && quorum === 'fast')
  }

  /** One that doesn't vote goes, without a word. */
  async dismissObserver(): Promise<void> {
    const observer = this.members.find(({ room }) => room.status.get().role === 'observer')
    if (observer !== undefined) await this.#part(observer, ({ room }) => room.close())
  }

  /** A voter goes for good, when another like it has come. */
  async replaceVoter(): Promise<void> {
    const voter = this.members.find(({ room }) => room.status.get().role === 'voter')
    if (voter === undefined) throw new Error('no member votes')
    await this.come(voter.keeping)
    await this.#part(voter, ({ room }) => room.leave())
    this.replaced++
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ room }) => room.close()))
  }

  /** What a member of this company has stored. */
  stored({ room }: Member): { readonly cells: number; readonly bytes: number } {
    return sizeOf(databaseOf(room))
  }

  /** From now on it is asked for nothing; what it was asked for before is answered, if it can be. */
  async #part(member: Member, go: (member: Member) => Promise<void>): Promise<void> {
    this.members.splice(this.members.indexOf(member), 1)
    await until(member.room, ({ pending }) => pending === 0)
    await go(member)
    removeDatabase(databaseOf(member.room))
  }

  #equipment(keeping: Keeping) {
    const place = randomId()
    const storage = keeping === 'memory' ? memory() : this.#counted()
    return {
      state: replicatedMap(),
      // A machine of its own: with a name, and with no identities of others.
      storage: { ...storage, place: async () => place, identities: async () => [] },
      transport: webSocket(),
      autopilot: policy,
    }
  }

  #counted(): ReturnType<typeof indexedDb> {
    const disk = indexedDb()
    return {
      ...disk,
      open: async (...names) => {
        const storage = await disk.open(...names)
        const { write } = storage
        storage.write = (batch, lives) => {
          if (batch.compacted) this.compactions++
          return write.call(storage, batch, lives)
        }
        return storage
      },
    }
  }
}

const databaseOf = ({ id, status }: Room<ReplicatedMap>): string => `epaxos/${status.get().group}/${id}`

/** Resolves with the first status that fits. */
const until = ({ status }: Room<ReplicatedMap>, fits: (status: RoomStatus) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (now: RoomStatus): void => {
      if (!fits(now)) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = status.subscribe(look)
    queueMicrotask(() => look(status.get()))
  })
