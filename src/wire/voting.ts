import type {
  Accept,
  AcceptOk,
  Ballot,
  Commit,
  Deps,
  InstanceId,
  Message,
  Nack,
  PreAccept,
  PreAcceptOk,
  Proposed,
  Value,
} from '../core/index.js'
import { type Body, type Codec, optional, within } from './codec.js'
import { type About, deps, readAbout, writeAbout } from './instance.js'
import { ballot } from './scalar.js'
import { proposed, value } from './value.js'

/** Of which a message about an instance may have some, in this order. */
interface Parts {
  readonly ballot: Ballot
  readonly value: Value | undefined
  readonly deps: Deps
}

type Of<T> = { readonly [K in keyof T & keyof Parts]: Codec<T[K]> }

/**
 * The fields of what is said for every command: read and written by one function for all of them, with a literal for each,
 * which takes a third of what it takes field by field; and what is read lies in memory as what a replica makes itself.
 * @param make is given nothing for what is no part
 */
const voting = <T extends Message & About>(
  parts: Of<T>,
  make: (epoch: number, instance: InstanceId, ballot: Ballot, value: never, deps: Deps) => T,
): Body<T> => {
  const codecs = parts as Partial<Readonly<Record<keyof Parts, Codec<unknown>>>>
  const { ballot, value, deps } = codecs
  return {
    items: 1 + Object.keys(codecs).length,
    write(to, message) {
      const it = message as About & Partial<Parts>
      let field = 'instance'
      try {
        writeAbout(to, it)
        field = 'ballot'
        ballot?.write(to, it.ballot)
        field = 'value'
        value?.write(to, it.value)
        field = 'deps'
        deps?.write(to, it.deps)
      } catch (error) {
        throw within(error, field)
      }
    },
    read(from) {
      let field = 'instance'
      try {
        const instance = readAbout(from)
        const { epoch } = from.told
        field = 'ballot'
        const itsBallot = ballot?.read(from)
        field = 'value'
        const itsValue = value?.read(from)
        field = 'deps'
        const itsDeps = deps?.read(from)
        return make(epoch, instance, itsBallot as Ballot, itsValue as never, itsDeps as Deps)
      } catch (error) {
        throw within(error, field)
      }
    },
  }
}

export const preAccept: Body<PreAccept> = voting<PreAccept>(
  { value: proposed, deps },
  (epoch, instance, _, value: Proposed, deps) => ({ kind: 'pre-accept', epoch, instance, value, deps }),
)

export const preAcceptOk: Body<PreAcceptOk> = voting<PreAcceptOk>({ deps }, (epoch, instance, _, __, deps) => ({
  kind: 'pre-accept-ok',
  epoch,
  instance,
  deps,
}))

export const accept: Body<Accept> = voting<Accept>(
  { ballot, value, deps },
  (epoch, instance, ballot, value: Value, deps) => ({ kind: 'accept', epoch, instance, ballot, value, deps }),
)

export const acceptOk: Body<AcceptOk> = voting<AcceptOk>({ ballot }, (epoch, instance, ballot) => ({
  kind: 'accept-ok',
  epoch,
  instance,
  ballot,
}))

export const nack: Body<Nack> = voting<Nack>({ ballot }, (epoch, instance, ballot) => ({
  kind: 'nack',
  epoch,
  instance,
  ballot,
}))

export const commit: Body<Commit> = voting<Commit>(
  { value: optional(value), deps },
  (epoch, instance, _, value: Value | undefined, deps) => ({ kind: 'commit', epoch, instance, value, deps }),
)
