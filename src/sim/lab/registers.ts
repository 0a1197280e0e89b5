import type { Command, KeySpan, RangeSpan, Span } from '../../core/index.js'

/** What a span has come to: of a key that is read its writer, of a range the keys in it with theirs; nothing of a write. */
export type SpanResult = string | undefined | readonly (readonly [key: string, writer: string])[]

/** What all replicas keep: a register per key, with the name of the command that wrote it last. To write a range is to empty it. */
export class Registers {
  readonly #writers: Map<string, string>

  constructor(writers: ReadonlyMap<string, string> = new Map()) {
    this.#writers = new Map(writers)
  }

  /** As it is now; it does not change. */
  snapshot(): ReadonlyMap<string, string> {
    return new Map(this.#writers)
  }

  /** Its spans one after the other. @param writer what it is called where it writes */
  apply({ spans }: Command, writer: string): readonly SpanResult[] {
    return spans.map((span) => (span.kind === 'key' ? this.#key(span, writer) : this.#range(span)))
  }

  #key({ key, write }: KeySpan, writer: string): SpanResult {
    if (!write) return this.#writers.get(key)
    this.#writers.set(key, writer)
    return undefined
  }

  #range(span: RangeSpan): SpanResult {
    const within = [...this.#writers].filter(([key]) => contains(span, key))
    if (!span.write) return within.sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [key] of within) this.#writers.delete(key)
    return undefined
  }
}

const contains = ({ from, to }: Extract<Span, { kind: 'range' }>, key: string): boolean =>
  from <= key && (to === undefined || key < to)
