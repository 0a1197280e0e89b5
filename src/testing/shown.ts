/** Of a value in a message: enough to know it by. */
const MAX_CHARACTERS = 300
const MAX_BYTES = 16

/** A value for people, on one line. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? bytes(item) : item))
  if (text === undefined) return String(value)
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)} …` : text
}

const bytes = (item: Uint8Array): string => {
  const rest = item.length > MAX_BYTES ? ' …' : ''
  return `${item.length} bytes: ${item.subarray(0, MAX_BYTES).join(' ')}${rest}`
}
