import type { Unsubscribe } from '../transport/index.js'

/** Calls when the page goes for good, as far as that can be known: not when it may be shown again as it was. */
export const onPageGone = (call: () => void): Unsubscribe => {
  const { addEventListener, removeEventListener } = globalThis
  if (addEventListener === undefined) return () => {}
  const listener = (event: PageTransitionEvent): void => {
    if (!event.persisted) call()
  }
  addEventListener('pagehide', listener)
  return () => removeEventListener('pagehide', listener)
}
