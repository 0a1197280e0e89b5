import type { HoldHow } from '../storage/index.js'

/** Resolves with what frees a Web Lock that is held from then on, or undefined when it was not to be had. */
export const hold = (locks: LockManager, name: string, how: HoldHow): Promise<(() => void) | undefined> =>
  new Promise((resolve, reject) => {
    const held = (granted: Lock | null): Promise<void> | undefined => {
      if (granted !== null) return new Promise((release) => resolve(release))
      resolve(undefined)
      return undefined
    }
    locks.request(name, how, held).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') resolve(undefined)
      else reject(error)
    })
  })
