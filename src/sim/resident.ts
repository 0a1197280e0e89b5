import { type Draft, QueueFull, type Settled } from '../member/index.js'
import type { Json } from '../state/index.js'
import { proposalOf, toldOf } from './asks.js'
import type { Drafts } from './checkers/drafts.js'
import { noteSeen, type Surroundings } from './client.js'
import type { OpenCall } from './recorder.js'
import { isRead } from './workload.js'

/** The machine that a resident sits at. */
export interface Home {
  readonly name: string
  readonly life: number
  /** Gone for good. */
  readonly lost: boolean
  /** Somebody can work there now. */
  readonly open: boolean
  /** Whether what is asked now can be sent now. */
  readonly online: boolean
  /** @throws QueueFull */
  take(draft: Draft, careful: boolean): void
  /** Carries out what there is to do. */
  work(): void
}

/** What happens to drafts, and must happen in many runs. */
export type Errand =
  | 'drafts'
  | 'made offline'
  | 'refused, full'
  | 'early'
  | 'placed anew'
  | 'kept over a restart'
  | 'lost unkept'
  | 'brought again'
  | 'answered in a later life'
  | 'kept after their answer'
  | 'answer unknown'
  | 'expired for good'

export const noErrands = (): Record<Errand, number> => ({
  drafts: 0,
  'made offline': 0,
  'refused, full': 0,
  early: 0,
  'placed anew': 0,
  'kept over a restart': 0,
  'lost unkept': 0,
  'brought again': 0,
  'answered in a later life': 0,
  'kept after their answer': 0,
  'answer unknown': 0,
  'expired for good': 0,
})

/** Of the reads, those that are forgotten with their node's memory. */
const FLEETING_SHARE = 0.5
const CAREFUL_SHARE = 0.4
const MOST_AT_ONCE = 4
/** Whoever has so many open calls waits: nobody could say of many more in which order they may have happened. */
const MOST_OPEN = 5

interface Call {
  readonly call: OpenCall
  readonly lane: number
  readonly draft: Draft
  /** Whoever has made it brings it again where it was not kept. */
  readonly careful: boolean
  /** Of its home. */
  readonly life: number
}

/** Somebody who works at one node, and makes calls through its queue, also while it is cut off: over all its lives. */
export class Resident {
  readonly #around: Surroundings
  readonly #home: Home
  readonly #drafts: Drafts
  readonly #errands: Record<Errand, number>
  readonly #name: string
  readonly #seen = new Map<string, Json | undefined>()
  readonly #calls = new Map<string, Call>()
  readonly #freeLanes: number[] = []
  /** Calls without an answer. */
  #open = 0

  constructor(home: Home, around: Surroundings, drafts: Drafts, errands: Record<Errand, number>) {
    this.#home = home
    this.#around = around
    this.#drafts = drafts
    this.#errands = errands
    this.#name = `at ${home.name}`
  }

  /** Makes calls now and then, whatever becomes of those before, until the run is over. */
  start(): void {
    const { agenda, random, workload, recorder } = this.#around
    agenda.after(random.between(0, 2 * workload.thinkMs), () => {
      if (!recorder.open || this.#home.lost) return
      const count = random.chance(workload.bursts) ? 1 + random.below(MOST_AT_ONCE) : 1
      for (let i = 0; i < count && this.#home.open && this.#open < MOST_OPEN; i++) this.#call()
      this.start()
    })
  }

  /** A life begins with these drafts. */
  restarted(drafts: readonly string[]): void {
    const kept = new Set(drafts)
    for (const [id, call] of [...this.#calls]) {
      if (kept.has(id)) this.#errands[call.call.ended ? 'kept after their answer' : 'kept over a restart']++
      else if (!call.call.ended && call.life < this.#home.life) this.#lost(call)
    }
  }

  #lost(lost: Call): void {
    const { call, draft, careful } = lost
    const home = this.#home
    this.#errands['lost unkept']++
    this.#drafts.lost(home.name, call.number)
    if (careful && this.#taken(draft, careful)) {
      this.#errands['brought again']++
      this.#calls.set(draft.id, { ...lost, life: home.life })
      this.#drafts.made(home.name, home.life, call.number, draft)
    } else this.#end(draft.id)
  }

  #taken(draft: Draft, careful: boolean): boolean {
    try {
      this.#home.take(draft, careful)
      return true
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error
      this.#errands['refused, full']++
      return false
    }
  }

  settled({ id, answer }: Settled): void {
    const { agenda, trace } = this.#around
    const { call, life } = this.#calls.get(id) as Call
    trace.add(agenda.now, this.#name, answer.kind, call.number)
    this.#drafts.answered(this.#home.name, call.number, answer)
    if (answer.kind === 'unknown') this.#errands['answer unknown']++
    if (answer.kind === 'expired') this.#errands['expired for good']++
    if (call.ended) return
    if (answer.kind === 'done' || answer.kind === 'threw') {
      if (life < this.#home.life) this.#errands['answered in a later life']++
      noteSeen(this.#seen, toldOf(call.ask, answer))
      call.answer(answer)
    }
    this.#end(id)
  }

  #call(): void {
    const { agenda, random, asks, recorder, trace } = this.#around
    const home = this.#home
    const ask = asks.next(this.#seen)
    const lane = this.#freeLanes.pop() ?? recorder.newLane()
    const call = recorder.called(lane, ask)
    const { number } = call
    const proposal = proposalOf(ask, number, agenda.now)
    const lasting = !isRead(ask) || !random.chance(FLEETING_SHARE)
    const draft = { id: number.toString(16).padStart(32, '0'), ...proposal, lasting }
    const careful = lasting && random.chance(CAREFUL_SHARE)
    if (!this.#taken(draft, careful)) {
      recorder.withdraw()
      this.#freeLanes.push(lane)
      return
    }
    trace.add(agenda.now, this.#name, 'asks', number)
    this.#errands.drafts++
    this.#open++
    if (!home.online) this.#errands['made offline']++
    this.#calls.set(draft.id, { call, lane, draft, careful, life: home.life })
    this.#drafts.made(home.name, home.life, number, draft)
    home.work()
  }

  #end(id: string): void {
    const { call, lane } = this.#calls.get(id) as Call
    call.giveUp()
    this.#open--
    this.#freeLanes.push(lane)
  }
}
