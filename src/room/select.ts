import type { Unsubscribe } from '../transport/index.js'
import type { Observable } from './contract.js'

/**
 * A part of what is observed, or what follows from it. Its value is computed when somebody asks, and stays the same until
 * `equal` says otherwise; listeners are told of changes only. It listens to its source while somebody listens to it.
 *
 *     const free = select(room.state, (seats) => [...seats.scan()].filter(([, by]) => by === null).length)
 *
 * @param selector depends on nothing but the value
 * @param equal for what `selector` makes anew each time; `deepEqual` for one
 */
export const select = <T, R>(
  source: Observable<T>,
  selector: (value: T) => R,
  equal: (a: R, b: R) => boolean = Object.is,
): Observable<R> => new Selection(source, selector, equal)

class Selection<T, R> implements Observable<R> {
  readonly #source: Observable<T>
  readonly #selector: (value: T) => R
  readonly #equal: (a: R, b: R) => boolean
  #last: { readonly of: T; readonly value: R } | undefined

  constructor(source: Observable<T>, selector: (value: T) => R, equal: (a: R, b: R) => boolean) {
    this.#source = source
    this.#selector = selector
    this.#equal = equal
  }

  get(): R {
    const of = this.#source.get()
    const last = this.#last
    if (last !== undefined && Object.is(last.of, of)) return last.value
    const fresh = this.#selector(of)
    const value = last !== undefined && this.#equal(last.value, fresh) ? last.value : fresh
    this.#last = { of, value }
    return value
  }

  subscribe(listener: (value: R) => void): Unsubscribe {
    let told = this.get()
    return this.#source.subscribe(() => {
      const value = this.get()
      if (Object.is(value, told)) return
      told = value
      listener(value)
    })
  }
}
