import type { Logger, Room } from '../room/index.js'
import type { AnyState } from '../state/index.js'
import type { EdgeReplica } from './edge-replica.js'

/**
 * Answers a request with the room at hand. Whether whoever asks may do so is for it to say. What it throws is logged, and
 * answered with a 500 that says nothing of it.
 */
export type Application<S extends AnyState, Environment = unknown> = (
  request: Request,
  room: Room<S>,
  environment: Environment,
) => Response | Promise<Response>

interface Answering<S extends AnyState, Environment> {
  readonly application: Application<S, Environment> | undefined
  readonly environment: Environment
  readonly replica: EdgeReplica<S>
  /** Is told what the application throws. */
  readonly logger: Pick<Logger, 'error'>
}

/** Has the application answer, if the replica is there. */
export const answer = async <S extends AnyState, Environment>(
  request: Request,
  { application, environment, replica, logger }: Answering<S, Environment>,
): Promise<Response> => {
  if (application === undefined) return text(404, 'nothing answers here: replicaObject was given no fetch')
  try {
    return await replica.during(async (room) => {
      if (room === undefined) return absent(replica.fault)
      const { role, reason } = room.status.get()
      if (role === 'voter' || role === 'observer') return application(request, room, environment)
      return absent(`it is ${role}${reason === undefined ? '' : `, ${reason}`}`)
    })
  } catch (error) {
    const { method, url } = request
    // What stands behind the path may be somebody's secret.
    logger.error('an application failed to answer a request', {
      method,
      path: new URL(url).pathname,
      error: told(error),
    })
    return text(500, 'the application failed to answer')
  }
}

const absent = (fault: string | undefined): Response =>
  fault === undefined
    ? text(404, 'no replica was put into this room')
    : text(503, `the replica is not there now: ${fault}`)

const text = (status: number, words: string): Response => new Response(`${words}\n`, { status })

const told = (error: unknown): string => (error instanceof Error ? (error.stack ?? String(error)) : String(error))
