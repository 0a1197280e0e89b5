import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RoomStatus } from '../room/index.js'

export interface StatusServer {
  readonly url: string
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** Whether it does what it is there for, or will as soon as others are here: to start it again would not help. */
const isHealthy = ({ role, storage }: RoomStatus): boolean =>
  role !== 'stopped' && role !== 'closed' && storage.error === undefined

/** For programs on this machine: `/healthz` answers 200 or 503, `/status` with the room's status. @throws for a port in use */
export const startStatusServer = async (port: number, status: () => RoomStatus): Promise<StatusServer> => {
  const server = createServer((request, response) => answer(request, response, status()))
  server.listen(port, HOST)
  await once(server, 'listening').catch((error: unknown) => {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw inUse ? new Error(`port ${port} on ${HOST} is in use: choose another with --status-port`) : error
  })
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const answer = ({ method, url }: IncomingMessage, response: ServerResponse, status: RoomStatus): void => {
  const say = (code: number, body: unknown): void => {
    response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify(body)}\n`)
  }
  const healthy = isHealthy(status)
  const { role, reason } = status
  if (method !== 'GET' && method !== 'HEAD') say(405, { error: 'only GET' })
  else if (url === '/healthz') say(healthy ? 200 : 503, { healthy, role, reason })
  // Where the voters of a room are listed, its id may be its secret.
  else if (url === '/status') say(200, { ...status, group: undefined })
  else say(404, { error: 'there are /healthz and /status' })
}
