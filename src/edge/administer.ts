import { InvalidInvite, LastVoter, NotAMember, parseInvite } from '../room/index.js'
import type { AnyState } from '../state/index.js'
import type { EdgeReplica } from './edge-replica.js'

/** Longer than any link with an invite in it. */
const MAX_INVITE_BYTES = 4096

/** An invite that some request has as its body. @throws InvalidInvite */
export const inviteIn = async (request: Request): Promise<string> => {
  if (Number(request.headers.get('content-length') ?? MAX_INVITE_BYTES + 1) > MAX_INVITE_BYTES) {
    throw new InvalidInvite(
      'malformed',
      `this is no invite: of no length that is told, or over ${MAX_INVITE_BYTES} bytes`,
    )
  }
  const text = await request.text()
  parseInvite(text)
  return text.trim()
}

/** Answers a request about the replica, of somebody who may ask: `PUT` with an invite, `GET`, `DELETE`. */
export const administer = async <S extends AnyState>(replica: EdgeReplica<S>, request: Request): Promise<Response> => {
  try {
    switch (request.method) {
      case 'PUT':
        await replica.join(await inviteIn(request))
        return statusOf(replica)
      case 'GET':
        return statusOf(replica)
      case 'DELETE':
        await replica.leave(new URL(request.url).searchParams.has('force'))
        return new Response(null, { status: 204 })
      default:
        return new Response('GET, PUT with an invite, or DELETE\n', { status: 405 })
    }
  } catch (error) {
    return refusal(error)
  }
}

export const refusal = (error: unknown): Response => {
  const isRefused = error instanceof LastVoter || error instanceof NotAMember
  const status = error instanceof InvalidInvite ? 400 : isRefused ? 409 : 500
  return new Response(`${error instanceof Error ? error.message : String(error)}\n`, { status })
}

const statusOf = <S extends AnyState>({ room, fault, resting }: EdgeReplica<S>): Response => {
  if (room === undefined) return Response.json({ fault }, { status: fault === undefined ? 404 : 503 })
  const { id, incarnation, role, reason, advice, epoch, voters, quorum, survives, pending } = room.status.get()
  return Response.json({ id, incarnation, role, reason, advice, epoch, voters, quorum, survives, pending, resting })
}
