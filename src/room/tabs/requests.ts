import type { ReplicaId } from '../../core/index.js'
import { type Codec, flag, id, variants } from '../../wire/index.js'
import type { Diagnosis } from '../contract.js'
import { NotAMember } from '../errors.js'
import { errorOfFault, type Fault, fault, faultOf } from './fault.js'
import { json } from './values.js'

/** What a tab asks of the one that holds the member. */
export type Request =
  | { readonly kind: 'leave'; readonly force: boolean }
  | { readonly kind: 'remove'; readonly member: ReplicaId }
  | { readonly kind: 'diagnose' }

/** What became of it. */
export type Reply =
  | { readonly kind: 'done' }
  | { readonly kind: 'diagnosis'; readonly diagnosis: Diagnosis }
  | { readonly kind: 'failed'; readonly fault: Fault }

export const request: Codec<Request> = variants<Request>({
  leave: [0, { force: flag }],
  remove: [1, { member: id }],
  diagnose: [2, {}],
})

/** Tabs of one origin, and one program: what the one shows is taken as the other has made it. */
const diagnosis: Codec<Diagnosis> = {
  write: (to, value) => json.write(to, JSON.parse(JSON.stringify(value))),
  read: (from) => json.read(from) as unknown as Diagnosis,
}

export const reply: Codec<Reply> = variants<Reply>({
  done: [0, {}],
  diagnosis: [1, { diagnosis }],
  failed: [2, { fault }],
})

/** Whoever can do what is asked for: the member itself. */
export interface Asked {
  leave(force: boolean): Promise<void>
  remove(member: ReplicaId): Promise<void>
  diagnose(): Promise<Diagnosis>
}

/** Does it. Never rejects. */
export const replyOf = async (asked: Asked, it: Request): Promise<Reply> => {
  try {
    switch (it.kind) {
      case 'leave':
        await asked.leave(it.force)
        return { kind: 'done' }
      case 'remove':
        await asked.remove(it.member)
        return { kind: 'done' }
      case 'diagnose':
        return { kind: 'diagnosis', diagnosis: await asked.diagnose() }
    }
  } catch (error) {
    return { kind: 'failed', fault: faultOf(error) }
  }
}

interface Open {
  readonly request: Request
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

/** What this tab has asked for, until it is answered: whoever comes to hold the member meanwhile is asked again. */
export class Requests {
  readonly #open = new Map<string, Open>()
  readonly #send: (id: string, request: Request) => void

  constructor(send: (id: string, request: Request) => void) {
    this.#send = send
  }

  get size(): number {
    return this.#open.size
  }

  /** @throws what the one that is asked throws, and NotAMember where this tab's room ends before */
  async ask(id: string, request: Request): Promise<Reply> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#open.set(id, { request, resolve, reject })
      this.#send(id, request)
    })
    if (reply.kind === 'failed') throw errorOfFault(reply.fault)
    return reply
  }

  /** Another tab holds the member now. */
  askAgain(): void {
    for (const [id, { request }] of this.#open) this.#send(id, request)
  }

  answer(id: string, reply: Reply): void {
    this.#open.get(id)?.resolve(reply)
    this.#open.delete(id)
  }

  /** This tab holds the member now. */
  handTo(successor: Asked): void {
    for (const { request, resolve } of this.#open.values()) void replyOf(successor, request).then(resolve)
    this.#open.clear()
  }

  /** Whoever wanted to go is gone. */
  end(reason: string): void {
    for (const { request, resolve, reject } of this.#open.values()) {
      if (request.kind === 'leave') resolve({ kind: 'done' })
      else reject(new NotAMember(reason))
    }
    this.#open.clear()
  }
}
