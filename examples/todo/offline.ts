/** Keeps what this page was loaded from, so that it opens without a network, too. The list itself is in the room. */
export const keepForOffline = async (): Promise<void> => {
  await navigator.serviceWorker.register('./service-worker.js')
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
  const cache = await caches.open('todo')
  await cache.addAll([location.pathname, ...loaded.filter((url) => url.startsWith(location.origin))])
}
