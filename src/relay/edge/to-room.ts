import type { ObjectNamespace } from './platform.js'

/** Of a link's URL: links name the room there, too, so that a Worker can choose its object. */
export const ROOM_PARAMETER = 'room'

/** Of a room's name, as in a join frame. */
const MAX_ROOM_LENGTH = 128

/** What a Worker does with the requests of links: each goes to the object of its room. */
export const toRoom = (request: Request, rooms: ObjectNamespace): Promise<Response> | Response => {
  const room = new URL(request.url).searchParams.get(ROOM_PARAMETER)
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return new Response('an epaxos relay: connect by WebSocket\n', { status: 426 })
  }
  if (room === null || room === '' || room.length > MAX_ROOM_LENGTH) {
    return new Response(`no room: the URL of a link has ?${ROOM_PARAMETER}= and its name\n`, { status: 400 })
  }
  return objectOf(rooms, room).fetch(request)
}

export const objectOf = (rooms: ObjectNamespace, room: string): ReturnType<ObjectNamespace['get']> =>
  rooms.get(rooms.idFromName(room) as never)
