/** Texts of one byte for each character, which most keys are: short ones are read faster here than by a decoder. */

export const isAscii = (bytes: Uint8Array, start: number, end: number): boolean => {
  let all = 0
  for (let at = start; at < end; at++) all |= bytes[at] as number
  return all < 0x80
}

/** As many at a time as there are: of what is put together from single ones every comparison has to make one piece first. */
export const asciiIn = (bytes: Uint8Array, start: number, end: number): string => {
  let text = ''
  let at = start
  for (; at + 16 <= end; at += 16) text += sixteen(bytes, at)
  for (; at + 4 <= end; at += 4) text += four(bytes, at)
  for (; at < end; at++) text += String.fromCharCode(bytes[at] as number)
  return text
}

const four = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number, bytes[at + 3] as number)

const sixteen = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(
    bytes[at] as number,
    bytes[at + 1] as number,
    bytes[at + 2] as number,
    bytes[at + 3] as number,
    bytes[at + 4] as number,
    bytes[at + 5] as number,
    bytes[at + 6] as number,
    bytes[at + 7] as number,
    bytes[at + 8] as number,
    bytes[at + 9] as number,
    bytes[at + 10] as number,
    bytes[at + 11] as number,
    bytes[at + 12] as number,
    bytes[at + 13] as number,
    bytes[at + 14] as number,
    bytes[at + 15] as number,
  )
