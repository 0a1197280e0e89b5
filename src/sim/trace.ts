/**
 * What happens in a run, line by line. It is hashed as it goes, so that two runs can be compared without keeping
 * them; the text is made only where somebody reads it.
 */
export class Trace {
  #a = 0x811c9dc5
  #b = 0x9e3779b9

  /** @param read gets every line, without its end */
  constructor(readonly read?: (line: string) => void) {}

  /** 16 hex digits: equal texts have equal hashes. */
  get hash(): string {
    return hex(this.#a) + hex(this.#b)
  }

  /**
   * @param nowMs virtual milliseconds
   * @param who the host or client
   * @param numbers safe integers
   */
  add(nowMs: number, who: string, what: string, ...numbers: readonly number[]): void {
    const nowUs = Math.round(nowMs * 1000)
    this.#number(nowUs)
    this.#text(who)
    this.#text(what)
    for (const number of numbers) this.#number(number)
    // So that numbers of one line are none of the next.
    this.#mix(0x0a)
    this.read?.([nowUs, who, what, ...numbers].join(' '))
  }

  #text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i))
  }

  #number(number: number): void {
    this.#mix(number | 0)
    this.#mix(Math.floor(number / 2 ** 32))
  }

  /** FNV-1a over words, twice: from another start, and with another prime. */
  #mix(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193)
    // High bits of a word would never reach the low bits of a product.
    this.#a ^= this.#a >>> 15
    this.#b = Math.imul(this.#b ^ word, 0x85ebca6b)
    this.#b ^= this.#b >>> 13
  }
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
