import { describe, expect, it } from 'vitest'
import { ExactlyOnce, replicatedMap, rosterCommand, type SecretChange } from '../../state/index.js'
import { memory } from '../../storage/memory.js'
import type { Invite } from '../../wire/index.js'
import { RoomKeys } from './room-keys.js'

const [A, B, C, GROUP] = ['a', 'b', 'c', 'f'].map((letter) => letter.repeat(32)) as [string, string, string, string]
const invite: Invite = { group: GROUP, key: 0, secret: '5'.repeat(32), relay: undefined }

/** A storage that keeps what it is given, for another life. */
const disk = async () => {
  const storage = await memory().open(GROUP, A)
  let kept: Uint8Array | undefined
  return Object.assign(storage, {
    readKeys: async () => kept,
    writeKeys: async (keys: Uint8Array) => {
      kept = keys.slice()
    },
  })
}

/** One member's keys, and what it has heard of them. */
const holder = async (id: string, from: Invite = invite, storage = disk()) => {
  const keys = await RoomKeys.open(await storage, id, from)
  const executor = new ExactlyOnce(replicatedMap().create())
  const heard: string[] = []
  let come = (): void => {}
  const hear = (what: string): void => {
    heard.push(what)
    come()
  }
  keys.attend({
    roster: () => executor.roster,
    removed: () => hear('removed'),
    refused: (by) => hear(`refused by ${by}`),
    failed: (cause) => hear(String(cause)),
  })
  keys.onChange(() => come())
  let sequence = 0
  return {
    id,
    keys,
    heard,
    /** Executes a change here, and waits for what comes of it. */
    async execute(change: SecretChange): Promise<void> {
      const command = {
        ...rosterCommand({ kind: 'change', change }),
        session: '0'.repeat(32),
        acknowledged: 0,
        after: [],
      }
      executor.execute({ kind: 'commands', commands: [{ ...command, sequence: ++sequence }] })
      const news = new Promise<void>((resolve) => {
        come = resolve
      })
      keys.look()
      await news
    },
  }
}

describe('the keys of a member', () => {
  it('are the same after a restart, and know the secret of the invite', async () => {
    const storage = disk()
    const first = await holder(A, invite, storage)
    const second = await holder(A, invite, storage)
    expect(second.keys.publicKey).toEqual(first.keys.publicKey)
    expect(second.keys.current).toEqual({ number: 0, secret: new Uint8Array(16).fill(0x55) })
    expect(first.keys.publicKey).not.toEqual((await holder(A)).keys.publicKey)
  })

  it('follow a change that was wrapped for it, and it stays known', async () => {
    const storage = disk()
    const [a, b] = [await holder(A), await holder(B, invite, storage)]
    const change = await a.keys.prepare(1, new Map([[B, b.keys.publicKey]]))
    await a.execute(change)
    await b.execute(change)
    expect(b.keys.current).toEqual(a.keys.current)
    expect(b.keys.current.number).toBe(1)
    expect(b.keys.current.secret).not.toEqual(b.keys.key(0)?.secret)
    expect(b.keys.invite(invite)).toEqual(a.keys.invite(invite))
    expect((await holder(B, invite, storage)).keys.current).toEqual(a.keys.current)
  })

  it('say that it was removed where a change has nothing for it, or what another key could open', async () => {
    const [a, b, c] = [await holder(A), await holder(B), await holder(C)]
    const change = await a.keys.prepare(1, new Map([[B, c.keys.publicKey]]))
    await b.execute(change)
    expect(b.heard).toEqual(['removed'])
    await c.execute(change)
    expect(c.heard).toEqual(['removed'])
    expect(c.keys.current.number).toBe(0)
  })

  it('come to a member that was away by one that was not', async () => {
    const [a, b, c] = [await holder(A), await holder(B), await holder(C)]
    await a.execute(await a.keys.prepare(1, new Map([[B, b.keys.publicKey]])))
    await a.execute(await a.keys.prepare(2, new Map([[B, b.keys.publicKey]])))
    expect(a.keys.changeFor(C, 0)).toBeUndefined()
    expect(a.keys.changeFor(B, 2)).toBeUndefined()
    const told = a.keys.changeFor(B, 0) as Uint8Array
    expect(await c.keys.change(told)).toBe(false)
    expect(await b.keys.change(told.slice(1))).toBe(false)
    expect(await b.keys.change(told)).toBe(true)
    expect(b.keys.current).toEqual(a.keys.current)
    expect(await b.keys.change(told)).toBe(false)
    expect(b.heard).toEqual([])
  })

  it('take nothing that was changed on its way', async () => {
    const [a, b] = [await holder(A), await holder(B)]
    await a.execute(await a.keys.prepare(1, new Map([[B, b.keys.publicKey]])))
    const told = a.keys.changeFor(B, 0) as Uint8Array
    for (const at of told.keys()) {
      const changed = told.slice()
      changed[at] = (changed[at] as number) ^ 1
      expect(await b.keys.change(changed)).toBe(false)
    }
    expect(b.keys.current.number).toBe(0)
    expect(b.heard).toEqual([])
  })
})
