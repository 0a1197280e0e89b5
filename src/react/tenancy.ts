/** How far a room is that a component opens. */
export type Opening<R> =
  | { readonly status: 'opening' }
  | { readonly status: 'open'; readonly room: R }
  /** Opening it has failed with this. Other `deps`, or another mount, try again. */
  | { readonly status: 'failed'; readonly error: unknown }

export const OPENING: { readonly status: 'opening' } = Object.freeze({ status: 'opening' })

interface Closable {
  close(): Promise<void>
}

/**
 * Of rooms that nobody uses any more: pending until each is closed, or used again. So long its identity is not free, and
 * whoever opened the room once more would come as another member.
 */
const leaving = new Set<Promise<void>>()

/** A room closes in two seconds; what takes longer is stuck, and nobody else shall be for that. */
const PATIENCE_MS = 5000

/**
 * A room for as long as somebody uses it: opened for the first, closed after the last. React's StrictMode takes a component
 * away and puts it back in one go, and so does a hot reload: so it is closed a task later, unless it is used again by then.
 */
export class Tenancy<R extends Closable> {
  readonly #open: () => Promise<R>
  readonly #tenants = new Set<{ readonly tell: () => void }>()
  #opening: Opening<R> = OPENING
  /** Undefined while nobody uses it. It resolves with undefined where nobody wanted it any more before it was opened. */
  #room: Promise<R | undefined> | undefined
  /** Takes the end back that is near. */
  #stay: (() => void) | undefined

  constructor(open: () => Promise<R>) {
    this.#open = open
  }

  readonly get = (): Opening<R> => this.#opening

  /**
   * Uses the room from now on.
   * @param tell called when `get` has changed
   * @returns ends the use
   */
  readonly enter = (tell: () => void): (() => void) => {
    const tenant = { tell }
    this.#tenants.add(tenant)
    this.#stay?.()
    this.#room ??= this.#begin()
    return () => {
      if (this.#tenants.delete(tenant) && this.#tenants.size === 0) this.#leave()
    }
  }

  #begin(): Promise<R | undefined> {
    const begun: Promise<R | undefined> = Promise.all(leaving).then(() =>
      this.#room === begun ? this.#open() : undefined,
    )
    const tell = (opening: Opening<R>): void => {
      if (this.#room !== begun) return
      this.#opening = opening
      for (const tenant of [...this.#tenants]) tenant.tell()
    }
    begun.then(
      (room) => room && tell({ status: 'open', room }),
      (error: unknown) => tell({ status: 'failed', error }),
    )
    return begun
  }

  #leave(): void {
    let over = (): void => {}
    const left = new Promise<void>((resolve) => {
      over = resolve
    })
    leaving.add(left)
    const end = (): void => {
      leaving.delete(left)
      over()
    }
    const closing = setTimeout(() => {
      const begun = this.#room
      this.#stay = undefined
      this.#room = undefined
      this.#opening = OPENING
      const stuck = setTimeout(end, PATIENCE_MS)
      void closed(begun).finally(() => {
        clearTimeout(stuck)
        end()
      })
    })
    this.#stay = () => {
      clearTimeout(closing)
      this.#stay = undefined
      end()
    }
  }
}

const closed = async (begun: Promise<Closable | undefined> | undefined): Promise<void> => {
  // A failure to open was told of, and leaves nothing to close.
  const room = await begun?.catch(() => undefined)
  await room?.close()
}
