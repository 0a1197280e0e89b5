/**
 * Whether this program was not built for production. Bundlers put a text in the place of `process.env.NODE_ENV`; where
 * nobody did, and there is no `process`, it counts as built for production.
 */
export const isDevelopment = (): boolean => {
  try {
    return process.env.NODE_ENV !== 'production'
  } catch {
    return false
  }
}
