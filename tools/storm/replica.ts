import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { createRoom, type ReplicatedMap, type Room, read, replicatedMap } from 'epaxos'
import { lmdb } from 'epaxos/storage/lmdb'
import { webSocket } from 'epaxos/transport/websocket'
import { endWithParent } from './orphan.js'
import { type Answer, type Asked, COUNTER, type ReplicaOptions, type Reply, type Request } from './protocol.js'

// A replica of the storm: one of three voters, which does what clients ask of it over a socket of this machine. It is never
// asked to stop.

endWithParent()
const { path, ...options }: ReplicaOptions = JSON.parse(process.argv[2] ?? '')

const stateOf = ({ executed, status }: Room<ReplicatedMap>): Answer => {
  const hash = createHash('sha256')
  const view = executed.get()
  for (const entry of view.scan()) hash.update(JSON.stringify(entry))
  const counter = Number(view.get(COUNTER) ?? 0)
  return { kind: 'done', out: { digest: hash.digest('hex'), pending: status.get().pending, counter } }
}

const done = (out: unknown): Answer => ({ kind: 'done', out }) as Answer

const carryOut = async (room: Room<ReplicatedMap>, asked: Asked): Promise<Answer> => {
  switch (asked.op) {
    case 'state':
      return stateOf(room)
    case 'get':
      return done(await room.read([read(asked.key)], (tx) => tx.get(asked.key)))
    case 'put':
      return done(await room.mutate.set({ key: asked.key, value: asked.value }))
    case 'cas': {
      const { key, expected, value } = asked
      return done(await room.mutate.compareAndSet({ key, expected, wanted: value }))
    }
    case 'add':
      return done(await room.mutate.add({ key: COUNTER, by: 1 }))
  }
}

const serve = (room: Room<ReplicatedMap>, socket: Socket): void => {
  const lines = createInterface({ input: socket })
  // A client that is gone asks nothing any more.
  lines.on('error', () => {})
  socket.on('error', () => {})
  lines.on('line', async (line) => {
    const { id, asked }: Request = JSON.parse(line)
    const answer = await carryOut(room, asked).catch(
      (error: unknown): Answer => ({ kind: 'unknown', reason: String(error) }),
    )
    const reply: Reply = { id, ...answer }
    socket.write(`${JSON.stringify(reply)}\n`)
  })
}

const room = await createRoom({
  ...options,
  state: replicatedMap(),
  storage: lmdb({ path }),
  transport: webSocket(),
  development: false,
})
const server = createServer({ noDelay: true }, (socket) => serve(room, socket))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`${JSON.stringify(server.address())}\n`)

// A replica that takes part no more is a finding: it says why, and ends.
room.status.subscribe(({ role, reason }) => {
  if (role !== 'stopped') return
  process.stderr.write(`the replica has stopped: ${reason}\n`)
  process.exit(1)
})
