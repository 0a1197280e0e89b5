import type { ReplicaId } from '../../core/index.js'
import { Log, type Storage, type StorageFactory } from '../../storage/index.js'
import { VirtualDisk, type WriteTime } from './disk.js'
import { VirtualLocks } from './locks.js'

/** Somebody's machine, or browser profile: what is left when a process ends. */
export class Device {
  readonly locks: VirtualLocks = new VirtualLocks()
  readonly #place: string
  readonly #rooms = new Map<string, Map<ReplicaId, VirtualDisk>>()
  readonly #quarantined = new Set<VirtualDisk>()

  /** @param place 32 hex digits that no other device has */
  constructor(place: string) {
    this.#place = place
  }

  /** Its storage, as one process sees it. */
  storage(writeTime: WriteTime, alive: () => boolean): StorageFactory {
    return {
      durable: true,
      place: async () => this.#place,
      identities: async (room) =>
        [...this.#disksIn(room)].flatMap(([replica, disk]) => (this.#quarantined.has(disk) ? [] : [replica])),
      quarantine: async (room, replica) => {
        const disk = this.#disksIn(room).get(replica)
        if (disk !== undefined) this.#quarantined.add(disk)
      },
      open: async (room, replica): Promise<Storage> => {
        const disks = this.#disksIn(room)
        const disk = disks.get(replica) ?? new VirtualDisk()
        disks.set(replica, disk)
        this.#quarantined.delete(disk)
        return new Log(disk.cells(writeTime, alive))
      },
    }
  }

  #disksIn(room: string): Map<ReplicaId, VirtualDisk> {
    const disks = this.#rooms.get(room) ?? new Map<ReplicaId, VirtualDisk>()
    this.#rooms.set(room, disks)
    return disks
  }
}
