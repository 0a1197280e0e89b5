import type { Server } from 'node:http'
import { networkOf } from '../addresses.js'

/**
 * Closes connections beyond so many of one network address, whatever they are for: those that ask for nothing are told of no
 * limit, and could else take all that the server has.
 */
export const boundPerAddress = (server: Server, most: number): void => {
  const connections = new Map<string, number>()
  server.on('connection', (socket) => {
    const network = networkOf(socket.remoteAddress ?? '')
    const count = (connections.get(network) ?? 0) + 1
    connections.set(network, count)
    socket.once('close', () => {
      const left = (connections.get(network) ?? 0) - 1
      if (left > 0) connections.set(network, left)
      else connections.delete(network)
    })
    if (count > most) socket.destroy()
  })
}
