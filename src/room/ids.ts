/** A random 128-bit name: 32 lower-case hex digits. */
export const randomId = (): string => {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += byte.toString(16).padStart(2, '0')
  return id
}

/** Uniform in [0, 1), and nobody's to foresee. */
export const randomUnit = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32
