import { describe, expect, it } from 'vitest'
import { ExactlyOnce, replicatedMap, rosterCommand, type SecretChange } from '../../state/index.js'
import { memory } from '../../storage/memory.js'
import { decodeMemberKeys, type Invite } from '../../wire/index.js'
import { RoomKeys } from './room-keys.js'

const [A, B, C, D, GROUP] = ['a', 'b', 'c', 'd', 'f'].map((letter) => letter.repeat(32)) as [
  string,
  string,
  string,
  string,
  string,
]
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
  const opened = await storage
  const keys = await RoomKeys.open(opened, id, from)
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
  const quietly = (change: SecretChange): void => {
    // The changes before it were executed, too, whatever they were.
    for (let number = (executor.roster.change?.number ?? 0) + 1; number <= change.number; number++) {
      const command = {
        ...rosterCommand({ kind: 'change', change: { ...change, number } }),
        session: '0'.repeat(32),
        acknowledged: 0,
        after: [],
      }
      executor.execute({ kind: 'commands', commands: [{ ...command, sequence: ++sequence }] })
    }
    keys.look()
  }
  return {
    id,
    keys,
    heard,
    quietly,
    /** Executes a change here, and waits for what comes of it. */
    async execute(change: SecretChange): Promise<void> {
      const news = new Promise<void>((resolve) => {
        come = resolve
      })
      quietly(change)
      await news
    },
    /** Until that secret is stored. */
    async kept(number: number): Promise<void> {
      const last = async (): Promise<number | undefined> =>
        decodeMemberKeys((await opened.readKeys()) as Uint8Array).secrets.at(-1)?.number
      while ((await last()) !== number) await new Promise((resolve) => setImmediate(resolve))
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
    expect(a.keys.changeFor(C, 0)).toEqual(new Uint8Array())
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

  it('that only a peer has told of are not kept, until the log has them', async () => {
    const storage = disk()
    const [a, b] = [await holder(A), await holder(B, invite, storage)]
    const change = await a.keys.prepare(1, new Map([[B, b.keys.publicKey]]))
    await a.execute(change)
    expect(await b.keys.change(a.keys.changeFor(B, 0) as Uint8Array)).toBe(true)
    expect((await holder(B, invite, storage)).keys.current.number).toBe(0)
    b.quietly(change)
    await b.kept(1)
    expect(b.keys.current).toEqual(a.keys.current)
    expect((await holder(B, invite, storage)).keys.current).toEqual(a.keys.current)
  })

  it('that were made up by a removed member end with the next start by a new invite', async () => {
    const storage = disk()
    const [a, b, removed] = [await holder(A), await holder(B, invite, storage), await holder(C)]
    await a.execute(await a.keys.prepare(1, new Map([[B, b.keys.publicKey]])))
    await removed.execute(await removed.keys.prepare(7, new Map([[B, b.keys.publicKey]])))
    expect(await b.keys.change(removed.keys.changeFor(B, 0) as Uint8Array)).toBe(true)
    expect(b.keys.current).toEqual(removed.keys.current)
    const again = await holder(B, a.keys.invite(invite), storage)
    expect(again.keys.current).toEqual(a.keys.current)
  })

  it('are no reason to tell a member that it was removed, where the change was not executed here yet', async () => {
    const [a, b] = [await holder(A), await holder(B)]
    await a.execute(await a.keys.prepare(1, new Map([[B, b.keys.publicKey]])))
    const newcomer = await holder(C, a.keys.invite(invite))
    expect(newcomer.keys.changeFor(B, 0)).toBeUndefined()
    expect(newcomer.keys.changeFor(D, 0)).toBeUndefined()
    expect(a.keys.changeFor(D, 0)).toEqual(new Uint8Array())
  })
})
