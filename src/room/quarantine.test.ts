import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { write } from '../core/index.js'
import type { KeptProposal } from '../member/index.js'
import { replicatedMap, sessionId } from '../state/index.js'
import { type CellKey, type Checkpoint, Log } from '../storage/index.js'
import { Disk, Disks, emptyOfVersion } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { IdentityLost, openRoom } from './index.js'
import { addMany, closeAll, join, Locks, type MapRoom, mapOf, Servers, sumOf, until } from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

type Held = ReadonlyMap<CellKey, unknown>

const PLACE = '1'.repeat(32)

const COMMANDS = 100

const adding = (number: number, key: string, sequence: number | undefined): KeptProposal => ({
  id: number.toString(16).padStart(32, '0'),
  spans: [write(key)],
  // A call of `add`, at no time, with no chance in it.
  payload: new TextEncoder().encode(JSON.stringify(['add', [{ key, by: 1 }], 0, 0, 'Ada'])),
  place: sequence === undefined ? undefined : { session: SESSION, sequence, acknowledged: 0, after: [] },
})
const SESSION = sessionId(0, () => 0.5)

/** Three servers, two of which go on; and what the storage of the third holds: cells of every kind. */
const kept = async (): Promise<{ readonly servers: Servers; readonly alive: MapRoom; readonly held: Held }> => {
  const servers = new Servers(localNetwork().transport)
  const disks = new Disks(PLACE)
  const alive = await servers.start(0)
  await servers.start(1)
  const third = await servers.start(2, { storage: disks })
  await addMany(third, COMMANDS)
  await vi.waitUntil(() => sumOf(alive) === COMMANDS)
  await third.close()
  const disk = disks.disk(servers.group, third.id) as Disk
  const log = new Log(disk)
  const loaded = await log.load()
  if (loaded.fresh) throw new Error('it has had a life')
  await log.readProposals()
  // One has been sent, and one has not.
  await log.writeProposals([adding(1, 'placed', 1), adding(2, 'unplaced', undefined)], [])
  await log.writeKeys(new Uint8Array(200).fill(7))
  // The start of an epoch, and what came later.
  await log.writeCheckpoint((await loaded.readCheckpoint()) as Checkpoint, true)
  for (let batches = 0; batches < 3; batches++) {
    await log.write({ group: servers.group, incarnation: 1, records: [], floor: undefined, compacted: false })
  }
  await log.close()
  return { servers, alive, held: disk.held }
}

/** A place where the third server was once, and this is what is left of it. */
const left = ({ group, ids }: Servers, held: Held): Disks => {
  const disks = new Disks(PLACE)
  disks.put(group, ids[2] as string, new Disk(held))
  return disks
}

const damagedAt = (held: Held, key: CellKey, damage: (stored: Uint8Array) => unknown): Held => {
  const changed = damage(held.get(key) as Uint8Array)
  const copy = new Map(held)
  if (changed === undefined) copy.delete(key)
  else copy.set(key, changed)
  return copy
}

const flippedAt =
  (at: number) =>
  (stored: Uint8Array): Uint8Array =>
    stored.with(at, (stored.at(at) as number) ^ 0x10)

/** What can become of any cell. */
const damages: readonly (readonly [string, (stored: Uint8Array) => unknown])[] = [
  ['with another version', flippedAt(0)],
  ['with another checksum', flippedAt(2)],
  ['with another content', flippedAt(-1)],
  ['cut short', (stored) => stored.slice(0, -1)],
  ['cut off within its header', (stored) => stored.slice(0, 3)],
  ['empty', () => new Uint8Array()],
  ['grown', (stored) => Uint8Array.of(...stored, 0)],
  ['text', () => 'text'],
]

/** Of each kind one or two. */
const someOf = (held: Held): readonly CellKey[] => {
  const keys = [...held.keys()]
  const [first, last] = [new Map<string, CellKey>(), new Map<string, CellKey>()]
  for (const key of keys.toReversed()) first.set(kindOf(key), key)
  for (const key of keys) last.set(kindOf(key), key)
  return [...new Set([...first.values(), ...last.values()])]
}

const kindOf = (key: CellKey): string => (typeof key === 'number' ? 'batch' : (key.split('/')[0] as string))

/** Whoever opens this is a new member, who is told why, and votes on nothing. */
const mustBegin = async (servers: Servers, alive: MapRoom, held: Held): Promise<MapRoom> => {
  const storage = left(servers, held)
  const room = await join(alive.invite(), servers.transport, { storage })
  const old = servers.ids[2] as string
  expect(room.id).not.toBe(old)
  expect(room.status.get().storage.quarantined).toEqual([old])
  expect(await storage.identities(servers.group)).toEqual([room.id])
  // What was there is there still, untouched.
  const there = storage.disk(servers.group, old)?.held
  expect([...held].every(([key, stored]) => there?.get(key) === stored)).toBe(true)
  return room
}

describe('a member whose storage is damaged', () => {
  it('is a new one when it is opened, whichever cell it is, and whatever has become of that', async () => {
    const { servers, alive, held } = await kept()
    const tried = new Set<string>()
    for (const key of someOf(held)) {
      tried.add(kindOf(key))
      for (const [what, damage] of damages) {
        const room = await mustBegin(servers, alive, damagedAt(held, key, damage)).catch((cause: unknown) => {
          throw new Error(`${key}, ${what}`, { cause })
        })
        await room.close()
      }
    }
    const kinds = ['batch', 'checkpoint', 'chunk', 'cut', 'first', 'keys', 'lives', 'proposal', 'queue', 'start']
    expect([...tried].sort()).toEqual(kinds)
  }, 60_000)

  it('is a new one where a cell is missing without which it does not know what it has promised', async () => {
    const { servers, alive, held } = await kept()
    const [firstBatch] = [...held.keys()].filter((key) => typeof key === 'number')
    const chunks = [...held.keys()].filter((key) => typeof key === 'string' && key.startsWith('chunk/'))
    const needed = ['start', 'first', 'checkpoint', 'proposal/1', firstBatch, ...chunks] as readonly CellKey[]
    for (const key of needed) {
      const room = await mustBegin(
        servers,
        alive,
        damagedAt(held, key, () => undefined),
      ).catch((cause: unknown) => {
        throw new Error(`${key}`, { cause })
      })
      await room.close()
    }
  }, 60_000)

  it('is a new one where two cells have changed places', async () => {
    const { servers, alive, held } = await kept()
    const keys = someOf(held)
    for (const [i, key] of keys.entries()) {
      const other = keys[(i + 1) % keys.length] as CellKey
      const swapped = new Map(held).set(key, held.get(other)).set(other, held.get(key))
      await (await mustBegin(servers, alive, swapped)).close()
    }
  }, 60_000)

  it('is a new one, which executes once what was sent, and not what may have been sent since', async () => {
    const { servers, alive, held } = await kept()
    const damaged = damagedAt(held, 'start', flippedAt(-1))
    for (let times = 0; times < 2; times++) {
      const room = await mustBegin(servers, alive, damaged)
      await until(room, ({ pending }) => pending === 0)
      await mapOf(room).get('placed')
      await room.close()
    }
    expect(await mapOf(alive).get('placed')).toBe(1)
    expect(await mapOf(alive).get('unplaced')).toBeUndefined()
  })

  it('tells whoever looks after it what was left aside, once', async () => {
    const { servers, alive, held } = await kept()
    const storage = left(servers, damagedAt(held, 'start', flippedAt(-1)))
    const warn = vi.fn()
    const count = vi.fn()
    const quiet = { debug: () => {}, info: () => {}, error: () => {} }
    const open = () =>
      openRoom(alive.invite(), {
        ...{ state: replicatedMap(), storage, transport: servers.transport, tabs: 'separate' as const },
        ...{ logger: { ...quiet, warn }, meter: { count, time: () => {} } },
      })
    for (let times = 0; times < 2; times++) {
      const room = await open()
      expect(room.status.get().storage.quarantined).toEqual(times === 0 ? [servers.ids[2]] : [])
      await room.close()
    }
    expect(warn.mock.calls.filter(([message]) => /left aside/.test(message as string))).toHaveLength(1)
    expect(count.mock.calls.filter(([name]) => name === 'epaxos.storage.quarantined')).toHaveLength(1)
  })

  it('never votes again under its id as a server that is listed, however often it is started', async () => {
    const { servers, alive, held } = await kept()
    for (const key of someOf(held)) {
      const storage = left(servers, damagedAt(held, key, flippedAt(-1)))
      for (let times = 0; times < 2; times++) {
        const refused = await servers.start(2, { storage }).catch((error: unknown) => error)
        expect(refused).toBeInstanceOf(IdentityLost)
        expect((refused as Error).cause).toMatchObject({ name: 'StorageCorrupt' })
        expect(await storage.identities(servers.group)).toEqual([])
      }
    }
    await mapOf(alive).set('after', 1)
    await until(alive, ({ suspected }) => suspected.includes(servers.ids[2] as string))
  })

  it('leaves its place to the other one that is stored there, if that is sound', async () => {
    const { servers, alive, held } = await kept()
    const storage = left(servers, damagedAt(held, 'start', flippedAt(-1)))
    const other = await join(alive.invite(), servers.transport, { storage: left(servers, new Map()) })
    await other.close()
    const sound = new Disks(PLACE)
    const first = await join(alive.invite(), servers.transport, { storage: sound })
    await first.close()
    storage.put(servers.group, first.id, sound.disk(servers.group, first.id) as Disk)
    const room = await join(alive.invite(), servers.transport, { storage })
    expect(room.id).toBe(first.id)
    expect(room.status.get().storage.quarantined).toEqual([servers.ids[2]])
  })
})

describe('a member whose storage is of another version of this library', () => {
  it.each([
    ['newer-version', 200],
    ['older-version', 5],
  ])('is refused as %s, and kept for that', async (corruption, version) => {
    const { servers, alive, held } = await kept()
    const storage = left(servers, new Map(held).set('start', emptyOfVersion(version, 'start')))
    const options = { state: replicatedMap(), storage, transport: servers.transport, tabs: 'separate' as const }
    await expect(openRoom(alive.invite(), options)).rejects.toMatchObject({ corruption, key: 'start' })
    await expect(servers.start(2, { storage })).rejects.toMatchObject({ corruption, key: 'start' })
    expect(await storage.identities(servers.group)).toEqual([servers.ids[2]])
  })
})
