import { useState, useSyncExternalStore } from 'react'
import type { Room } from '../room/index.js'
import type { AnyState } from '../state/index.js'
import { OPENING, type Opening, Tenancy } from './tenancy.js'

/**
 * Opens a room when the component mounts, and closes it after it has gone. In StrictMode it is opened once, too.
 *
 *     const opening = useRoom(() => openRoom(invite, { state, storage: indexedDb(), transport: webRtc() }), [invite])
 *     if (opening.status !== 'open') return <p>…</p>
 *     return <Seats room={opening.room} />
 *
 * On a server nothing is opened. Components that mount later, and open the same room while this one closes, wait for that.
 *
 * @param open called with nothing but what `deps` say, as often as they change
 * @param deps compared by `Object.is`. Default: none, and so the room of the first render
 */
export const useRoom = <S extends AnyState>(
  open: () => Promise<Room<S>>,
  deps: readonly unknown[] = [],
): Opening<Room<S>> => {
  // State, and not a memo, which React may forget: that would close the room, and open another.
  const [held, setHeld] = useState(() => ({ deps, tenancy: new Tenancy(open) }))
  let { tenancy } = held
  if (!sameDeps(held.deps, deps)) {
    tenancy = new Tenancy(open)
    setHeld({ deps, tenancy })
  }
  return useSyncExternalStore<Opening<Room<S>>>(tenancy.enter, tenancy.get, () => OPENING)
}

const sameDeps = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((dep, i) => Object.is(dep, b[i]))
