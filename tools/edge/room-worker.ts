import { read } from 'epaxos'
import { type RoomBindings, replicaObject, serveRooms } from 'epaxos/edge'
import { type Json, replicatedMap } from 'epaxos/state'

/** Test equipment: rooms at the edge, as somebody would write them whose state is a plain map, and whose application is the operator's. */

/** What was said to the console, which is where failures go if no logger is given. */
const said: unknown[] = []
console.error = (...words) => said.push(words)

export const Room = replicaObject({
  state: replicatedMap(),
  fetch: async (request, room, { EPAXOS_OPERATOR }: RoomBindings) => {
    if (request.headers.get('authorization') !== `Bearer ${EPAXOS_OPERATOR}`) return new Response('', { status: 401 })
    const { pathname, searchParams } = new URL(request.url)
    switch (pathname) {
      case '/app/set':
        await room.mutate.set((await request.json()) as { readonly key: string; readonly value: Json })
        return new Response(null, { status: 204 })
      case '/app/add':
        return Response.json(await room.mutate.add({ key: 'sum', by: 1 }))
      case '/app/sum':
        return Response.json(await room.read([read('sum')], (tx) => tx.get('sum') ?? 0))
      case '/app/slow':
        await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get('ms'))))
        return Response.json(room.executed.get().get('sum') ?? 0)
      case '/app/close':
        await room.close()
        return new Response(null, { status: 204 })
      case '/app/said':
        return Response.json(said)
      default:
        throw new Error('the password is 1234')
    }
  },
})

export default {
  fetch: (request: Request, bindings: RoomBindings): Promise<Response> => serveRooms(request, bindings),
}
