import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { memory } from '../../src/storage/memory.js'
import { startWorkerd, type Workerd } from '../workerd.js'
import {
  apply,
  cleared,
  type EdgeStatus,
  edgeStatus,
  foundAt,
  joinBy,
  type MapRoom,
  machine,
  operate,
  placeIn,
  until,
} from './stage.js'

let workerd: Workerd
beforeAll(async () => {
  workerd = await startWorkerd()
})
afterAll(() => workerd.stop())
afterEach(cleared)

/** A founder, another one, and a replica at the edge, all of them voters. */
const three = async (storages = [machine(), machine()]) => {
  const founder = await foundAt(workerd, storages[0])
  const other = await joinBy(founder.invite(), storages[1])
  const edge = await placeIn(founder, workerd)
  for (const room of [founder, other])
    await until(room, ({ voters }) => voters.includes(edge.id) && voters.length === 3)
  return { founder, other, edge }
}

/** The one that is left of three: the edge, which now decides alone. */
const alone = async () => {
  const { founder, other, edge } = await three()
  const invite = founder.invite()
  await founder.mutate.set({ key: 'x', value: 1 })
  await founder.leave()
  // Nothing is handed over to somebody who is known to have gone.
  await until(other, ({ link }) => link.peers.every(({ replica }) => replica !== founder.id))
  await other.leave()
  return { invite, edge }
}

describe('a replica at the edge', () => {
  test('comes by an invite, and votes', async () => {
    const { founder, other } = await three()
    await founder.mutate.set({ key: 'x', value: 1 })
    expect(await other.mutate.add({ key: 'x', by: 1 })).toEqual({ ok: true, value: 2 })
  })

  test('goes on with one of the two others when the other one is gone', async () => {
    const { founder, other } = await three()
    await founder.close()
    expect(await other.mutate.add({ key: 'x', by: 1 })).toEqual({ ok: true, value: 1 })
  })

  test('outlives all others: who comes later finds what they have left', async () => {
    const { invite, edge } = await alone()
    const later = await joinBy(invite)
    expect(await later.mutate.get({ key: 'x' })).toBe(1)
    expect(later.status.get().voters).toContain(edge.id)
  })

  test('comes back as the voter that it was when all processes have ended and started again', async () => {
    const storages = [machine(), machine()]
    const { founder, other, edge } = await three(storages)
    await founder.mutate.set({ key: 'x', value: 1 })
    const invite = founder.invite()
    await Promise.all([founder.close(), other.close()])
    await workerd.restart()
    expect(await edgeStatus(workerd, edge.room)).toMatchObject({ id: edge.id, incarnation: 2 })
    const again = await joinBy(invite, storages[0])
    expect(await again.mutate.get({ key: 'x' })).toBe(1)
    expect(again.status.get().voters).toContain(edge.id)
  })

  test('has no timer while nobody is there, so that it can be taken out of memory, and wakes for who comes', async () => {
    const { invite, edge } = await alone()
    while (!(await edgeStatus(workerd, edge.room)).resting);
    await workerd.evict(edge.room, 'hibernate')
    const later = await joinBy(invite)
    expect(await later.mutate.get({ key: 'x' })).toBe(1)
    expect(await edgeStatus(workerd, edge.room)).toMatchObject({ id: edge.id, incarnation: 2, role: 'voter' })
  })

  test('loses nothing that it has acknowledged, whenever its process is killed', async () => {
    const { invite, edge } = await alone()
    // Whose storage is in memory never votes: all that is acknowledged was made durable at the edge alone.
    const clients = [await joinBy(invite, memory()), await joinBy(invite, memory())]
    const [first] = clients as [MapRoom, MapRoom]
    let isOver = false
    /** How many of its additions a client was told of. */
    const adding = async (room: MapRoom): Promise<number> => {
      let acknowledged = 0
      for (; !isOver; acknowledged++) await room.mutate.add({ key: 'sum', by: 1 })
      return acknowledged
    }
    const load = Promise.all(clients.map(adding))
    const kills = 3
    for (let killed = 0; killed < kills; killed++) {
      for (let answers = 0; answers < 20; answers++) await first.mutate.add({ key: 'other', by: 1 })
      await workerd.restart()
    }
    isOver = true
    const acknowledged = await load
    expect(await first.mutate.get({ key: 'sum' })).toBe(acknowledged.reduce((a, b) => a + b))
    expect(first.status.get().voters).toEqual([edge.id])
    expect(await edgeStatus(workerd, edge.room)).toMatchObject({ id: edge.id, incarnation: 1 + kills })
  }, 120_000)

  test('leaves when its operator says so', async () => {
    const { founder, edge } = await three()
    expect((await operate(workerd, 'DELETE', `?room=${edge.room}`)).status).toBe(204)
    await until(founder, ({ voters }) => !voters.includes(edge.id))
    expect((await operate(workerd, 'GET', `?room=${edge.room}`)).status).toBe(404)
  })
})

describe('an application at the edge', () => {
  const sumIn = async (room: string): Promise<unknown> => (await apply(workerd, room, 'sum')).json()

  test('changes what the members have, and reads what they have changed', async () => {
    const { founder, other, edge } = await three()
    expect((await apply(workerd, edge.room, 'set', { key: 'sum', value: 40 })).status).toBe(204)
    expect(await founder.mutate.add({ key: 'sum', by: 1 })).toEqual({ ok: true, value: 41 })
    expect(await (await apply(workerd, edge.room, 'add')).json()).toEqual({ ok: true, value: 42 })
    expect(await other.mutate.get({ key: 'sum' })).toBe(42)
    expect(await sumIn(edge.room)).toBe(42)
  })

  test('says itself who may ask it', async () => {
    const { edge } = await three()
    expect((await apply({ ...workerd, operator: '' }, edge.room, 'sum')).status).toBe(401)
  })

  test('is not asked where no replica was put, nor where no room is named', async () => {
    const nowhere = await apply(workerd, 'nowhere', 'sum')
    expect(nowhere.status).toBe(404)
    expect(await nowhere.text()).toContain('no replica')
    expect((await apply(workerd, '', 'sum')).status).toBe(400)
  })

  test('is not asked while the replica has no state yet', async () => {
    const founder = await foundAt(workerd)
    const invite = founder.invite()
    await founder.close()
    const { room } = (await (await operate(workerd, 'PUT', '', invite)).json()) as EdgeStatus
    const early = await apply(workerd, room, 'sum')
    expect(early.status).toBe(503)
    expect(await early.text()).toContain('joining')
  })

  test('tells nobody what went wrong in it, but the log', async () => {
    const { edge } = await three()
    const failed = await apply(workerd, edge.room, 'unknown?token=secret')
    expect(failed.status).toBe(500)
    expect(await failed.text()).toBe('the application failed to answer\n')
    const said = await (await apply(workerd, edge.room, 'said')).text()
    expect(said).toContain('the password is 1234')
    expect(said).toContain('/app/unknown')
    expect(said).not.toContain('secret')
  })

  test('keeps the replica from resting until all are answered, also those who are gone, and wakes one that rests', async () => {
    const { edge } = await alone()
    // Longer than it takes a replica to rest that is alone.
    const ms = 9000
    const aborting = new AbortController()
    const gone = expect(apply(workerd, edge.room, `slow?ms=${ms}`, undefined, aborting.signal)).rejects.toThrow(
      'aborted',
    )
    let isOver = false
    const slow = apply(workerd, edge.room, `slow?ms=${ms}`).finally(() => {
      isOver = true
    })
    const rested: boolean[] = []
    while (!isOver) {
      const { resting } = await edgeStatus(workerd, edge.room)
      if (!isOver) rested.push(resting)
      aborting.abort()
    }
    await gone
    expect((await slow).status).toBe(200)
    expect(rested).not.toContain(true)
    while (!(await edgeStatus(workerd, edge.room)).resting);
    expect(await (await apply(workerd, edge.room, 'add')).json()).toEqual({ ok: true, value: 1 })
    expect(await edgeStatus(workerd, edge.room)).toMatchObject({ resting: false })
  })

  test('finds the room again that it has closed', async () => {
    const { edge } = await alone()
    expect((await apply(workerd, edge.room, 'close')).status).toBe(204)
    expect((await apply(workerd, edge.room, 'sum')).status).toBe(503)
    while ((await apply(workerd, edge.room, 'sum')).status === 503);
    expect(await sumIn(edge.room)).toBe(0)
    expect(await edgeStatus(workerd, edge.room)).toMatchObject({ id: edge.id, incarnation: 2, role: 'voter' })
  })
})

describe('who asks for a replica at the edge', () => {
  test('has to be the operator', async () => {
    const founder = await foundAt(workerd)
    const answers = [
      fetch(`${workerd.url}/replica`, { method: 'PUT', body: founder.invite() }),
      operate({ ...workerd, operator: `${workerd.operator}x` }, 'PUT', '', founder.invite()),
      operate({ ...workerd, operator: '' }, 'GET', '?room=x'),
    ]
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(401)
  })

  test('is told what is wrong with the invite', async () => {
    const founder = await foundAt(workerd)
    const mistyped = await operate(workerd, 'PUT', '', `${founder.invite()}A`)
    expect(mistyped.status).toBe(400)
    const large = await operate(workerd, 'PUT', '', 'A'.repeat(5000))
    expect(large.status).toBe(400)
    const elsewhere = await foundAt({ ...workerd, relay: 'ws://127.0.0.1:1' })
    const answer = await operate(workerd, 'PUT', '', elsewhere.invite())
    expect(answer.status).toBe(409)
    expect(await answer.text()).toContain('ws://127.0.0.1:1')
  })

  test('may ask again: it is the same replica', async () => {
    const founder = await foundAt(workerd)
    const first = await placeIn(founder, workerd)
    expect(await placeIn(founder, workerd)).toMatchObject({ id: first.id, room: first.room, incarnation: 1 })
  })

  test('is told that there is none where none was put', async () => {
    expect((await operate(workerd, 'GET', '?room=nowhere')).status).toBe(404)
    expect((await operate(workerd, 'GET', '')).status).toBe(400)
  })
})
