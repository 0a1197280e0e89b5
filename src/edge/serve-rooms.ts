import { type ObjectNamespace, objectOf, toRoom } from '../relay/edge.js'
import { parseInvite } from '../room/index.js'
import { relayRoomOf } from '../transport/index.js'
import { addresseeOf } from './addressee.js'
import { inviteIn, refusal } from './administer.js'

/** What the Worker's environment has to have. */
export interface RoomBindings {
  /** The class that `replicaObject` has made. */
  readonly ROOMS: ObjectNamespace
  /** A secret: who knows it decides where replicas are. Without it nobody does. */
  readonly EPAXOS_OPERATOR?: string
}

/**
 * All that a Worker has to do: links go to the object of their room; and `/replica`, with the operator's secret as a bearer
 * token, puts a replica into a room. `PUT /replica` has the room's invite as its body, and answers with the room's name at
 * the relay, by which `GET /replica?room=…` and `DELETE /replica?room=…` find it again; and by which anybody finds the
 * application of that room, which has `/app?room=…` and all paths below `/app/`.
 */
export const serveRooms = async (request: Request, { ROOMS, EPAXOS_OPERATOR }: RoomBindings): Promise<Response> => {
  const addressee = addresseeOf(request)
  if (addressee === 'relay') return toRoom(request, ROOMS)
  if (addressee === 'application') return ask(request, ROOMS)
  if (!(await isOperator(request, EPAXOS_OPERATOR))) return new Response('for the operator alone\n', { status: 401 })
  return request.method === 'PUT' ? place(request, ROOMS) : ask(request, ROOMS)
}

const place = async (request: Request, rooms: ObjectNamespace): Promise<Response> => {
  try {
    const invite = await inviteIn(request)
    const { group, relay } = parseInvite(invite)
    const { host } = new URL(request.url)
    // A replica meets the others by the relay of its own object: elsewhere it would wait for ever.
    if (relay === undefined || new URL(relay).host !== host) {
      return new Response(`the members of this room meet at ${relay}, which is not ${host}\n`, { status: 409 })
    }
    const room = await relayRoomOf(group)
    const answer = await objectOf(rooms, room).fetch(new Request(request.url, { method: 'PUT', body: invite }))
    if (!answer.ok) return answer
    return Response.json({ room, ...((await answer.json()) as object) })
  } catch (error) {
    return refusal(error)
  }
}

const ask = async (request: Request, rooms: ObjectNamespace): Promise<Response> => {
  const room = new URL(request.url).searchParams.get('room')
  if (room === null || room === '') return new Response('which room? ?room= and its name\n', { status: 400 })
  return objectOf(rooms, room).fetch(request)
}

const isOperator = async (request: Request, secret: string | undefined): Promise<boolean> => {
  if (secret === undefined || secret === '') return false
  const [given, wanted] = await Promise.all([
    digest(request.headers.get('authorization') ?? ''),
    digest(`Bearer ${secret}`),
  ])
  // All of it, whatever differs: the time that it takes tells nothing.
  return given.reduce((difference, byte, at) => difference | (byte ^ (wanted[at] as number)), 0) === 0
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
