/** A random 128-bit name: 32 lower-case hex digits. */
export const randomId = (): string => {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += byte.toString(16).padStart(2, '0')
  return id
}
