import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { openRoom, type Room, type RoomStatus } from '../room/index.js'
import { type AnyState, replicatedMap } from '../state/index.js'
import { lmdb } from '../storage/lmdb.js'
import type { TransportFactory } from '../transport/index.js'
import { webRtc } from '../transport/webrtc.js'
import { webSocket } from '../transport/websocket.js'
import type { CliIo, Command } from './command.js'
import { foundedInvite, foundIn } from './founding.js'
import { type Log, logFormatOf, logTo } from './log.js'
import { importState } from './state-module.js'
import { type StatusServer, startStatusServer } from './status-server.js'

const USAGE = `usage: epaxos replica --data <folder> --invite <text | @file | -> [options]
       epaxos replica --data <folder> --found --relay <url> [options]

Runs a member of a room that stays: it keeps everything on the disk, votes, and comes back as the same member.
  --data         the folder that holds all it has promised; one for each replica, on a disk of this machine
  --invite       the room: its invite, or @ and a file that holds it, or - for the standard input. Arguments are seen by
                 all users of a machine: better name no invite, and set EPAXOS_INVITE
  --found        founds a room where the folder holds none, and prints its invite; later it resumes that one
  --relay        the relay's address: of the room to found, or in the place of the one in the invite
  --state        an ES module whose default export, or export named state, is the application's state definition
                 (default: a replicated map)
  --webrtc       reaches the others directly where it can: takes the package @roamhq/wrtc
  --status-port  serves /healthz and /status on this port of 127.0.0.1; 0 takes a free one
  --log          what to log, to standard error: text, json or none (default text)
  --leave        hands over, leaves the room for good, and ends
  --help         this text

  EPAXOS_INVITE  the invite
  EPAXOS_TOKEN   what lets it in, where the relay asks for a token`

/** A sole voter hands over in two seconds, or not at all; the disk has the rest. */
const CLOSING_MS = 10_000

const FAILED_EXIT_CODE = 1

const options = {
  data: { type: 'string' },
  invite: { type: 'string' },
  found: { type: 'boolean', default: false },
  relay: { type: 'string' },
  state: { type: 'string' },
  webrtc: { type: 'boolean', default: false },
  'status-port': { type: 'string' },
  log: { type: 'string', default: 'text' },
  leave: { type: 'boolean', default: false },
} as const

const run = async (argv: readonly string[], io: CliIo): Promise<number> => {
  const { values } = parseArgs({ args: [...argv], options })
  const { data, relay, 'status-port': statusPort } = values
  if (data === undefined || data === '') throw new Error('--data is missing: name the folder that is to hold it all')
  if (values.found && values.invite !== undefined) throw new Error('--found and --invite: take one of the two')
  if (values.found && values.leave) throw new Error('--found and --leave: take one of the two')
  const port = statusPort === undefined ? undefined : portOf(statusPort)
  const log = logTo(io.err, logFormatOf(values.log))
  const folder = resolve(data)
  const storage = lmdb({ path: folder })
  const room = {
    state: values.state === undefined ? replicatedMap() : await importState(values.state),
    storage,
    transport: await transportOf({ webrtc: values.webrtc, relay, token: io.env.EPAXOS_TOKEN }),
    tabs: 'separate',
    logger: log,
  } as const
  const stopped = io.stop()
  // A second one would not be this member, but another one, which nobody has asked for.
  const release = await storage.hold?.('replica', { ifAvailable: true })
  if (release === undefined) throw new Error(`another process runs a replica on ${folder}: take a folder of its own`)
  try {
    let member: Room<AnyState>
    if (values.found) {
      const founded = await foundIn(folder, relay, room)
      if (founded.invite !== undefined) io.out(founded.invite)
      member = founded.room
    } else {
      const invite = await inviteOf(values.invite ?? io.env.EPAXOS_INVITE, folder)
      member = await openRoom<AnyState>(invite, room)
    }
    return await live(member, { io, log, stopped, leave: values.leave, port })
  } finally {
    release()
  }
}

/** `epaxos replica` */
export const replica: Command = {
  name: 'replica',
  summary: 'runs a member of a room that stays: a standing voter on a server',
  usage: USAGE,
  run,
}

interface Life {
  readonly io: CliIo
  readonly log: Log
  /** Resolves when the process is asked to stop. */
  readonly stopped: Promise<void>
  readonly leave: boolean
  /** Of the status server; undefined: none. */
  readonly port: number | undefined
}

const live = async (room: Room<AnyState>, { io, log, stopped, leave, port }: Life): Promise<number> => {
  let server: StatusServer | undefined
  try {
    server = port === undefined ? undefined : await startStatusServer(port, () => room.status.get())
    io.out(`replica ${room.id} runs${server === undefined ? '' : `, its status on ${server.url}`}`)
    if (leave) return await left(room, log)
    const ended = watch(room, log)
    const reason = await Promise.race([ended, stopped])
    if (reason !== undefined) log.error('the replica has stopped', { reason })
    const closed = await closedInTime(room)
    if (!closed) log.error('the replica did not close in time', { ms: CLOSING_MS })
    return closed && reason === undefined ? 0 : FAILED_EXIT_CODE
  } finally {
    await room.close()
    await server?.close()
  }
}

const left = async (room: Room<AnyState>, log: Log): Promise<number> => {
  try {
    await room.ready
    await room.leave()
    log.info('the replica has left the room')
    return 0
  } catch (error) {
    log.error('the replica is still a member', { reason: error instanceof Error ? error.message : String(error) })
    return FAILED_EXIT_CODE
  }
}

/** Resolves with the reason when the replica takes part no more, whoever wanted that. */
const watch = (room: Room<AnyState>, log: Log): Promise<string> =>
  new Promise((resolve) => {
    let told: Pick<RoomStatus, 'quorum' | 'advice'> = { quorum: 'none', advice: undefined }
    const look = (status: RoomStatus): void => {
      const { role, reason, quorum, survives, advice } = status
      if (role === 'closed') return
      if (quorum !== told.quorum) log.info('the quorum has changed', { quorum, survives })
      if (advice !== undefined && advice !== told.advice) log.warn(advice)
      told = { quorum, advice }
      if (role === 'stopped') resolve(reason ?? 'for no reason that it knows')
    }
    room.status.subscribe(look)
    look(room.status.get())
  })

const closedInTime = async (room: Room<AnyState>): Promise<boolean> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, CLOSING_MS, false)
  })
  const closed = await Promise.race([room.close().then(() => true), late])
  clearTimeout(timer)
  return closed
}

const portOf = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new Error(`--status-port ${JSON.stringify(text)} is not a number from 0 to 65535`)
  return port
}

const inviteOf = async (given: string | undefined, folder: string): Promise<string> => {
  if (given === '-') return text(process.stdin)
  if (given?.startsWith('@')) return readFile(given.slice(1), 'utf8')
  const invite = given ?? (await foundedInvite(folder))
  if (invite !== undefined && invite !== '') return invite
  throw new Error('which room? Name its invite by --invite or EPAXOS_INVITE, or begin one with --found')
}

interface Route {
  readonly webrtc: boolean
  readonly relay: string | undefined
  readonly token: string | undefined
}

const transportOf = async ({ webrtc, relay, token }: Route): Promise<TransportFactory> => {
  const how = token === undefined ? {} : { token }
  const factory = webrtc ? webRtc({ ...how, wrtc: await importWrtc() }) : webSocket(how)
  return relay === undefined ? factory : (link) => factory({ ...link, relay })
}

const importWrtc = async (): Promise<typeof import('@roamhq/wrtc')> => {
  try {
    return (await import('@roamhq/wrtc')).default
  } catch (cause) {
    throw new Error(`--webrtc takes a package that can't be loaded: npm install @roamhq/wrtc`, { cause })
  }
}
