/** Chance that is the same each time, and takes nanoseconds: sfc32, by Chris Doty-Humphrey. */
export class Dice {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** @param seed a whole number @param name of what it is for: another name, other dice */
  constructor(seed: number, name: string) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    this.#c = 0x811c9dc5
    for (const character of name) this.#c = Math.imul(this.#c ^ (character.codePointAt(0) ?? 0), 0x01000193)
    for (let i = 0; i < 12; i++) this.u32()
  }

  /** 0 to 2³² − 1. */
  u32(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** 0 to one less than that. */
  below(end: number): number {
    return Math.floor((this.u32() / 2 ** 32) * end)
  }

  /** Once in so many times. */
  onceIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of at least one. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.u32() & 0xff)
  }
}
