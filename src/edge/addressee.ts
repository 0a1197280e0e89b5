/** Whose a request is. */
export type Addressee = 'relay' | 'operator' | 'application'

const REPLICA_PATH = '/replica'
const APPLICATION_PATH = '/app'

/** An upgrade is a link's, whatever its path: relays may have any, and who was let in as a link is asked nothing more. */
export const addresseeOf = ({ url, headers }: Request): Addressee => {
  if (headers.get('upgrade')?.toLowerCase() === 'websocket') return 'relay'
  const { pathname } = new URL(url)
  if (pathname === REPLICA_PATH) return 'operator'
  return pathname === APPLICATION_PATH || pathname.startsWith(`${APPLICATION_PATH}/`) ? 'application' : 'relay'
}
