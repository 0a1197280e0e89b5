/** What a page tells of itself; workers tell only whether there is a network, and Node nothing at all. */

/** What may have become possible: `network`, there is one again, perhaps another; `shown`, somebody looks at the page. */
export type Waking = 'network' | 'shown'

/** Whether nobody sees the page: what can wait had better spare the battery. */
export const isHidden = (): boolean => globalThis.document?.visibilityState === 'hidden'

/** Returns what ends the subscription. */
export const onWaking = (listener: (waking: Waking) => void): (() => void) => {
  const { document } = globalThis
  const online = (): void => listener('network')
  const shown = (): void => {
    if (!isHidden()) listener('shown')
  }
  // Back from the cache of the browser, where no socket lives.
  const pageshow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) listener('network')
  }
  globalThis.addEventListener?.('online', online)
  globalThis.addEventListener?.('pageshow', pageshow)
  document?.addEventListener?.('visibilitychange', shown)
  return () => {
    globalThis.removeEventListener?.('online', online)
    globalThis.removeEventListener?.('pageshow', pageshow)
    document?.removeEventListener?.('visibilitychange', shown)
  }
}
