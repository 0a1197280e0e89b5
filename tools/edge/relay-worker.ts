import { type EdgeRelayOptions, type ObjectNamespace, relayObject, toRoom } from 'epaxos/relay/edge'

/** Test equipment: a relay at the edge, as somebody would write it who wants tokens. */

interface Environment {
  readonly ROOMS: ObjectNamespace
  /** What a token has to begin with; then milliseconds since 1970 at which it runs out, or nothing. Undefined: none is needed. */
  readonly TOKEN?: string
  readonly ORIGIN?: string
}

const optionsOf = ({ TOKEN, ORIGIN }: Environment): EdgeRelayOptions => ({
  limits: { joinTimeoutMs: 1000 },
  ...(ORIGIN !== undefined && { origins: [ORIGIN] }),
  ...(TOKEN !== undefined && {
    authorize: async ({ token }) => {
      const [word, end] = token.split('@')
      if (word !== TOKEN) return { admitted: false, reason: 'unauthorized' }
      return { admitted: true, ...(end !== undefined && { expiresAtMs: Number(end) }) }
    },
  }),
})

/** Counts how often objects were made. */
let made = 0

const Relay = relayObject(optionsOf)

export class Room extends Relay {
  constructor(...parameters: ConstructorParameters<typeof Relay>) {
    super(...parameters)
    made++
  }
}

export default {
  fetch: (request: Request, { ROOMS }: Environment): Promise<Response> | Response =>
    new URL(request.url).pathname === '/made' ? Response.json(made) : toRoom(request, ROOMS),
}
