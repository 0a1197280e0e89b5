/** Strokes from x, y to another point, or with a direction, in numbers, whose memory the next frame uses again. */
export class Strokes {
  readonly #numbers: number[] = []
  #length = 0

  add(x: number, y: number, a: number, b: number): void {
    this.#numbers[this.#length++] = x
    this.#numbers[this.#length++] = y
    this.#numbers[this.#length++] = a
    this.#numbers[this.#length++] = b
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Hands them out and forgets them. */
  take(visit: (x: number, y: number, a: number, b: number) => void): void {
    const numbers = this.#numbers
    for (let i = 0; i < this.#length; i += 4) {
      visit(numbers[i] as number, numbers[i + 1] as number, numbers[i + 2] as number, numbers[i + 3] as number)
    }
    this.#length = 0
  }
}
