import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { Observable, Presence, Present, RoomStatus } from '../room/index.js'
import { select } from '../room/index.js'
import type { Mutation } from '../state/index.js'

/**
 * What is observed, or what `selector` makes of it. The component renders again only when that has changed, as `equal`
 * says: `deepEqual` is for selectors that make a new list or object each time. On a server it is the value of that moment.
 */
export const useObservable = <T, R = T>(
  source: Observable<T>,
  selector: (value: T) => R = asItIs as (value: T) => R,
  equal: (a: R, b: R) => boolean = Object.is,
): R => {
  const selection = useMemo(() => select(source, selector, equal), [source, selector, equal])
  // A selector written in the component is another one at every render: what has been shown outlives it.
  const shown = useRef<{ readonly value: R }>(undefined)
  const get = (): R => {
    const fresh = selection.get()
    return shown.current !== undefined && equal(shown.current.value, fresh) ? shown.current.value : fresh
  }
  const subscribe = useCallback((tell: () => void) => source.subscribe(tell), [source])
  const value = useSyncExternalStore(subscribe, get, get)
  useEffect(() => {
    shown.current = { value }
  }, [value])
  return value
}

/** Without a selector the two types are the same. */
const asItIs = (value: unknown): unknown => value

/** What the room's optimistic state says: what was executed here, and on top of it what was called here and was not yet. */
export const useValue = <V, R = V>(
  room: { readonly state: Observable<V> },
  selector?: (state: V) => R,
  equal?: (a: R, b: R) => boolean,
): R => useObservable(room.state, selector, equal)

/** What has been executed here: nothing of it is ever taken back. */
export const useExecuted = <V, R = V>(
  room: { readonly executed: Observable<V> },
  selector?: (state: V) => R,
  equal?: (a: R, b: R) => boolean,
): R => useObservable(room.executed, selector, equal)

/** The room's status. It changes often: a selector spares renders. */
export const useStatus = <R = RoomStatus>(
  room: { readonly status: Observable<RoomStatus> },
  selector?: (status: RoomStatus) => R,
  equal?: (a: R, b: R) => boolean,
): R => useObservable(room.status, selector, equal)

/** What the open tabs of the room show of themselves, this one included. It comes from others: look before you use it. */
export const usePresence = (room: { readonly presence: Presence }): readonly Present[] => useObservable(room.presence)

/** What was called and has no answer yet, in order. */
export const usePending = (room: {
  readonly pending: Observable<readonly Mutation<unknown>[]>
}): readonly Mutation<unknown>[] => useObservable(room.pending)
