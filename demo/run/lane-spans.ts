import type { Chronicle, Happening } from 'epaxos/sim'
import type { Lane } from 'epaxos/view'

type Span = { -readonly [Key in keyof Lane['spans'][number]]: Lane['spans'][number][Key] }

/** What begins where this happens; undefined: what was ends. */
const BEGINS: Readonly<Partial<Record<Happening['kind'], Span['state'] | undefined>>> = {
  crashed: 'down',
  restarted: undefined,
  wiped: 'gone',
  hidden: 'hidden',
  shown: undefined,
  joined: 'joining',
  installed: undefined,
  stopped: 'stopped',
}

/** When each replica was not as it should be. Reads on where it has stopped reading: a chronicle grows at its end. */
export class LaneSpans {
  readonly #spans: Span[][] = []
  #read = 0

  constructor(readonly chronicle: Pick<Chronicle, 'happenings'>) {}

  of(replica: number): readonly Span[] {
    const { happenings } = this.chronicle
    for (; this.#read < happenings.length; this.#read++) {
      const happening = happenings[this.#read]
      if (happening !== undefined) this.#take(happening)
    }
    return this.#spans[replica] ?? []
  }

  #take({ kind, replica, atMs }: Happening): void {
    if (!(kind in BEGINS)) return
    while (this.#spans.length <= replica) this.#spans.push([])
    const spans = this.#spans[replica] ?? []
    const last = spans.at(-1)
    if (last !== undefined && last.untilMs === undefined) last.untilMs = atMs
    const state = BEGINS[kind]
    if (state !== undefined) spans.push({ fromMs: atMs, untilMs: undefined, state })
  }
}
