// What the page has kept, where there is no network: see offline.ts.
self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(self.location.origin)) return
  const kept = async () => (await caches.match(request, { ignoreVary: true })) ?? Response.error()
  event.respondWith(fetch(request).catch(kept))
})
