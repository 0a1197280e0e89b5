import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Relay, startRelay } from '../relay/node.js'
import { createRoom, openRoom, type Room, type RoomStatus } from '../room/index.js'
import { type ReplicatedMap, replicatedMap } from '../state/index.js'
import { lmdb } from '../storage/lmdb.js'
import { memory } from '../storage/memory.js'
import { webSocket } from '../transport/websocket.js'
import { run } from './cli.js'
import { runWith } from './stage.js'
import { importState } from './state-module.js'

let relay: Relay
let folder: string
const ends: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  relay = await startRelay()
  folder = mkdtempSync(join(tmpdir(), 'epaxos-replica-'))
})

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()))
  await relay.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A command line that runs until it is asked to stop. */
class Command {
  readonly code: Promise<number>
  readonly log: string[] = []
  readonly #lines: string[] = []
  #told: () => void = () => {}
  #stop: () => void = () => {}

  constructor(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve
    })
    const out = (line: string): void => {
      this.#lines.push(line)
      this.#told()
    }
    this.code = run(['replica', ...argv], { out, err: (line) => this.log.push(line), stop: () => stopped, env })
    ends.push(() => this.stop())
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    for (;;) {
      const line = this.#lines.shift()
      if (line !== undefined) return line
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#told = resolve
        }),
        this.code.then((code) => {
          if (this.#lines.length === 0) throw new Error(`it has ended with ${code}: ${this.log.join('\n')}`)
        }),
      ])
    }
  }

  async id(): Promise<string> {
    return /^replica ([0-9a-f]{32}) runs/.exec(await this.line())?.[1] ?? ''
  }

  stop(): Promise<number> {
    this.#stop()
    return this.code
  }
}

const options = () => ({ state: replicatedMap(), storage: memory(), transport: webSocket() })

const founder = async (): Promise<Room<ReplicatedMap>> => {
  const room = await createRoom({ ...options(), relay: relay.url })
  ends.push(() => room.close())
  return room
}

const guest = async (invite: string): Promise<Room<ReplicatedMap>> => {
  const room = await openRoom(invite, options())
  ends.push(() => room.close())
  await room.ready
  return room
}

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

test('founds a room once, and prints its invite; later it comes back as the same replica, with all it held', async () => {
  const argv = ['--found', '--relay', relay.url, '--data', folder]
  const first = new Command(argv)
  const invite = await first.line()
  const id = await first.id()
  await (await guest(invite)).mutate.set({ key: 'seat/12', value: 'Ada' })
  expect(await first.stop()).toBe(0)
  expect(statSync(join(folder, 'invite')).mode & 0o77).toBe(0)

  const second = new Command(argv)
  expect(await second.id()).toBe(id)
  const room = await guest(invite)
  expect(await room.mutate.get({ key: 'seat/12' })).toBe('Ada')
  expect(await second.stop()).toBe(0)
})

test('comes into the room of an invite, votes, and is the same voter after a restart', async () => {
  const first = new Command(['--found', '--relay', relay.url, '--data', join(folder, 'a')])
  const invite = await first.line()
  const env = { EPAXOS_INVITE: invite }
  const [second, third] = ['b', 'c'].map((name) => new Command(['--data', join(folder, name)], env))
  const ids = [await first.id(), await second?.id(), await third?.id()].sort()
  const room = await guest(invite)
  await until(room, ({ voters }) => voters.length === 3)
  expect(room.status.get().voters).toEqual(ids)
  expect(await second?.stop()).toBe(0)
  await room.mutate.set({ key: 'seat/12', value: 'Ada' })
  const again = new Command(['--data', join(folder, 'b')], env)
  expect(ids).toContain(await again.id())
  await until(room, ({ voters, quorum, survives }) => voters.length === 3 && quorum === 'fast' && survives === 1)
  expect(room.status.get().voters).toEqual(ids)
})

test('takes the invite from a file, and the relay that it is told instead of the one in it', async () => {
  const elsewhere = await startRelay()
  const room = await founder()
  const file = join(folder, 'invite.txt')
  writeFileSync(file, `${room.invite()}\n`)
  const replica = new Command(['--data', folder, '--invite', `@${file}`, '--relay', elsewhere.url, '--log', 'none'])
  await replica.id()
  await relay.close()
  relay = elsewhere
  expect(await replica.stop()).toBe(0)
  expect(replica.log).toEqual([])
})

test('with --leave it goes for good: who comes from that folder later is another one', async () => {
  const room = await founder()
  const env = { EPAXOS_INVITE: room.invite() }
  const first = new Command(['--data', folder], env)
  const id = await first.id()
  await until(room, ({ members }) => members.some((member) => member.id === id && member.role !== 'joining'))
  await first.stop()
  expect(await new Command(['--data', folder, '--leave'], env).code).toBe(0)
  expect(await new Command(['--data', folder], env).id()).not.toBe(id)
})

test('when its database is damaged it comes back as a new member, and the old one is left aside', async () => {
  const room = await founder()
  const env = { EPAXOS_INVITE: room.invite() }
  const first = new Command(['--data', folder], env)
  const id = await first.id()
  await until(room, ({ members }) => members.some((member) => member.id === id && member.role !== 'joining'))
  await first.stop()
  const { group } = room.status.get()
  truncateSync(join(folder, group, id, 'data.mdb'), 5000)
  const second = new Command(['--data', folder], env)
  const another = await second.id()
  expect(another).not.toBe(id)
  expect(await lmdb({ path: folder }).identities(group)).toEqual([another])
  await until(room, ({ members }) => members.some((member) => member.id === another && member.role !== 'joining'))
})

test('a folder is for one process', async () => {
  const argv = ['--found', '--relay', relay.url, '--data', folder]
  const first = new Command(argv)
  await first.line()
  const second = new Command(argv)
  expect(await second.code).toBe(2)
  expect(second.log.join('\n')).toContain(`another process runs a replica on ${folder}`)
})

describe('its status', () => {
  test('is served on this machine: health, and all that the room says', async () => {
    const replica = new Command(['--found', '--relay', relay.url, '--data', folder, '--status-port', '0'])
    await replica.line()
    const line = await replica.line()
    const url = /http:\S+/.exec(line)?.[0] ?? ''
    const health = await fetch(`${url}/healthz`)
    expect([health.status, await health.json()]).toEqual([200, { healthy: true, role: 'voter' }])
    const status = await (await fetch(`${url}/status`)).json()
    expect(status).toMatchObject({ role: 'voter', epoch: 0, quorum: 'fast', storage: { durable: true } })
    expect(status).not.toHaveProperty('group')
    expect((await fetch(`${url}/secrets`)).status).toBe(404)
    expect((await fetch(`${url}/status`, { method: 'POST' })).status).toBe(405)
    const { port } = new URL(url)
    const other = new Command(['--found', '--data', join(folder, 'b'), '--relay', relay.url, '--status-port', port])
    expect(await other.code).toBe(2)
    expect(other.log.join('\n')).toContain(`port ${port} on 127.0.0.1 is in use`)
  })
})

describe('the state', () => {
  test('is the one that a module exports, by default or by name', async () => {
    const text = `{ versions: [1, 1], create() {}, calls() {}, describe() {} }`
    for (const [name, exported] of [
      ['default.mjs', 'export default'],
      ['named.mjs', 'export const state ='],
    ] as const) {
      writeFileSync(join(folder, name), `${exported} ${text}\n`)
      expect(await importState(join(folder, name))).toMatchObject({ versions: [1, 1] })
    }
  })

  test('that is none is refused, and so is a module that can not be loaded', async () => {
    writeFileSync(join(folder, 'none.mjs'), 'export default { versions: [1, 1] }\n')
    await expect(importState(join(folder, 'none.mjs'))).rejects.toThrow('exports no state definition')
    await expect(importState(join(folder, 'lost.mjs'))).rejects.toThrow("can't be loaded")
  })
})

test.each([
  [[], '--data is missing'],
  [['--data', ''], '--data is missing'],
  [['--data', 'here', 'now'], "Unexpected argument 'now'"],
  [['--data', 'here', '--found', '--invite', 'text'], '--found and --invite: take one of the two'],
  [['--data', 'here', '--found', '--leave'], '--found and --leave: take one of the two'],
  [['--data', 'here', '--log', 'xml'], '--log "xml" is none of text, json, none'],
  [['--data', 'here', '--status-port', 'http'], '--status-port "http" is not a number from 0 to 65535'],
])('%j is refused with exit code 2 and a reason', async (argv, reason) => {
  const { code, out, err } = await runWith(['replica', ...argv])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(reason)
  expect(err).toContain('usage: epaxos replica')
})

test.each([
  [[], 'which room? Name its invite by --invite or EPAXOS_INVITE, or begin one with --found'],
  [['--found'], '--found takes --relay'],
  [['--invite', 'nonsense'], 'this invite is incomplete, or has a typing error'],
])('%j on a new folder is refused, and the folder can be used again', async (argv, reason) => {
  const { code, err } = await runWith(['replica', '--data', folder, ...argv])
  expect(code).toBe(2)
  expect(err).toContain(reason)
  await new Command(['--found', '--relay', relay.url, '--data', folder]).line()
})
