import { type ObjectNamespace, objectOf } from 'epaxos/relay/edge'
import { durableObject, type ObjectStorage } from 'epaxos/storage/durable-object'
import { storageContract } from 'epaxos/testing'

/** Test equipment: the contract of storages, each case of which runs where `durableObject` does. */

export class Room {
  readonly #storage: ObjectStorage

  constructor({ storage }: { readonly storage: ObjectStorage }) {
    this.#storage = storage
  }

  /** Answers with the names of the cases; or runs the one that is named, and answers with what was wrong. */
  async fetch(request: Request): Promise<Response> {
    const cases = storageContract(() => durableObject(this.#storage))
    const name = new URL(request.url).searchParams.get('case')
    if (name === null) return Response.json(cases.map((each) => each.name))
    const chosen = cases.find((each) => each.name === name)
    if (chosen === undefined) return new Response('no such case', { status: 404 })
    try {
      await chosen.run()
      return new Response('')
    } catch (error) {
      return new Response(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }
}

export default {
  fetch: (request: Request, { ROOMS }: { readonly ROOMS: ObjectNamespace }): Promise<Response> =>
    objectOf(ROOMS, 'store').fetch(request),
}
