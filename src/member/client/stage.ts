import { type Command, read, spansInterfere } from '../../core/index.js'
import type { Client, ClientOptions, ClientReady, Settled } from '../client.js'
import type { Draft, KeptProposal } from '../kept.js'
import { Broken, Chronicle, Dice, numberOf, type PromiseName, payloadOf } from './stage-words.js'

/** Test equipment: a client with its disk and its replica, a network that loses and repeats, and all that a seed has happen. */

export type MakeClient = (options: ClientOptions) => Client

const STEPS = 150
/** Of what happened before a failure: enough to see why. */
const STORY_LINES = 60
/** With one repeat in three, all is answered in a few dozen rounds. */
const LAST_ROUNDS = 1000
/** So many end a session that is silent meanwhile. */
const MANY_SWEEPS = 10
const MAX_WINDOW = 6

/** A draft, and all that is known of it. */
interface Told {
  readonly number: number
  readonly draft: Draft
  /** Whoever wants it brings it to the next client again. */
  readonly careful: boolean
  /** Ascending in the order in which they were taken; undefined: the client that had it died before it was durable. */
  turn: number | undefined
  /** By session and sequence: what it was sent as. */
  readonly sent: Map<string, string>
  /** It may have been executed out of the present client's sight. */
  doubtful: boolean
  runs: number
  answer: Settled['answer'] | undefined
}

const idOf = (number: number): string => number.toString(16).padStart(32, '0')
const numberOfId = (id: string): number => Number.parseInt(id, 16)
const placeOf = ({ session, sequence }: Pick<Command, 'session' | 'sequence'>): string => `${session}/${sequence}`
const textOf = ({ payload, ...rest }: Command): string => JSON.stringify([rest, ...payload])
const writes = ({ spans }: Pick<Draft, 'spans'>): boolean => spans.some((span) => span.write)

/** One run: what happens is decided by the seed, and by nothing else. */
export class World {
  /** How often what happened. */
  readonly happened: Map<string, number> = new Map()
  readonly seed: number
  readonly #make: MakeClient
  readonly #dice: Dice
  readonly #window: number
  readonly #isSwept: boolean
  /** What can happen, and how often it does: a world has some troubles, and is spared others. */
  readonly #steps: readonly (readonly [weight: number, step: () => void])[]
  readonly #replica = new Chronicle()
  readonly #disk = new Map<string, KeptProposal>()
  readonly #told: Told[] = []
  /** Of what was executed, in order. */
  readonly #ran: Told[] = []
  readonly #story: string[] = []
  #client: Client
  #turns = 0
  /** Handed out, and not written yet. */
  #writing: ClientReady[] = []
  /** Sent by this client, and not come to by its replica: by its place. */
  #away = new Map<string, Command>()
  /** By every client that there was: an instance of it may turn up at any time. */
  readonly #sent: Command[] = []
  /** Instances that are still to be executed. */
  readonly #mail: Command[] = []
  #lateSweep: Uint8Array | undefined

  constructor(seed: number, make: MakeClient) {
    this.seed = seed
    this.#make = make
    this.#dice = new Dice(seed)
    const dice = this.#dice
    this.#window = 1 + dice.below(MAX_WINDOW)
    this.#isSwept = dice.chance(0.6)
    const storms = dice.chance(0.3) ? 0.8 : 0.1
    this.#steps = [
      [20, () => this.#take()],
      [4, () => this.#client.setOnline(dice.chance(0.8))],
      [20, () => this.#ready(dice.chance(0.3))],
      [10, () => this.#write()],
      [5, () => this.#repeat()],
      [30, () => this.#arrive()],
      [2, () => this.#execute(dice.oneOf(this.#sent))],
      [this.#isSwept ? 5 : 0, () => this.#sweep(dice.chance(storms) ? MANY_SWEEPS : 1)],
      [dice.chance(0.5) ? 0.5 : 0, () => this.#beginSweep()],
      [dice.chance(0.6) ? 3 : 0, () => this.#crash()],
      [dice.chance(0.5) ? 1.5 : 0, () => this.#leap()],
    ]
    this.#client = this.#newClient()
  }

  /** @throws Broken */
  run(): void {
    for (let step = 0; step < STEPS; step++) this.#dice.oneOfWeighted(this.#steps)()
    this.#comeToRest()
    this.#checkEnd()
    const difference = this.#replica.contradiction(this.#dice.random)
    if (difference !== undefined) this.#breaks('replicas', difference)
  }

  /** Everybody is there, and nothing goes wrong any more. */
  #comeToRest(): void {
    this.#note('at rest')
    this.#client.setOnline(true)
    for (let round = 0; round < LAST_ROUNDS && (this.#client.size > 0 || this.#writing.length > 0); round++) {
      this.#ready(true)
      this.#write()
      if (this.#dice.chance(0.3))
        for (const one of this.#away.values()) if (!this.#mail.includes(one)) this.#mail.push(one)
      this.#execute(this.#dice.takenFrom(this.#mail))
    }
    for (let round = 0; round < 2; round++) {
      this.#ready(true)
      this.#write()
    }
    while (this.#mail.length > 0) this.#execute(this.#dice.takenFrom(this.#mail))
    this.#sweep(1)
  }

  #checkEnd(): void {
    const held = new Set(this.#client.drafts.map(({ id }) => id))
    for (const { number, draft, turn, answer } of this.#told) {
      if (turn !== undefined && answer === undefined && !held.has(draft.id)) this.#breaks('lost', `${number} is gone`)
    }
    if (held.size > 0) this.#breaks('end', `${[...held].map(numberOfId)} wait`)
    if (this.#disk.size > 0) this.#breaks('empty', `${this.#disk.size} are left`)
  }

  #take(): void {
    const number = this.#told.length
    const lasting = this.#dice.chance(0.9)
    const spans = lasting
      ? Array.from({ length: 1 + this.#dice.below(2) }, () => this.#dice.span())
      : [read(this.#dice.key())]
    const draft: Draft = { id: idOf(number), spans, payload: payloadOf(number), lasting }
    const careful = lasting && this.#dice.chance(0.3)
    this.#told.push({
      ...{ number, draft, careful, turn: this.#turns++, sent: new Map(), doubtful: false, runs: 0, answer: undefined },
    })
    const what = spans.map(
      (span) => `${span.write ? 'w' : 'r'}${span.kind === 'key' ? span.key : `${span.from}…${span.to}`}`,
    )
    this.#note('take', `${number} ${what}${careful ? ' careful' : ''}${lasting ? '' : ' fleeting'}`)
    this.#client.add(draft, careful)
  }

  #ready(isQuiet: boolean): void {
    const ready = this.#client.ready(isQuiet)
    if (ready === undefined) return
    for (const command of ready.commands) this.#send(command)
    if (this.#away.size > this.#window) this.#breaks('window', `${this.#away.size} of ${this.#window} are on their way`)
    this.#writing.push(ready)
  }

  #send(command: Command): void {
    const told = this.#toldOf(command)
    const { number, careful, sent, draft } = told
    const place = placeOf(command)
    this.#note('send', `${number} as ${command.sequence} of ${command.session} after [${command.after}]`)
    if (this.#away.has(place)) this.#breaks('window', `${number} is on its way already`)
    const text = textOf(command)
    if ((sent.get(place) ?? text) !== text) this.#breaks('same', `${number} was ${sent.get(place)}, and is ${text}`)
    const durable = this.#disk.get(draft.id)
    const stored = [durable, ...this.#writing.flatMap(({ put }) => put.filter(({ id }) => id === draft.id))]
    for (const kept of stored) {
      const isHere = kept?.place !== undefined && placeOf(kept.place) === place
      if (!isHere && (kept !== undefined || careful)) this.#breaks('durable', `${number} is sent too soon`)
    }
    sent.set(place, text)
    this.#away.set(place, command)
    this.#sent.push(command)
    if (this.#dice.chance(0.8)) this.#mail.push(command)
  }

  /** The oldest of what is to be written is durable. */
  #write(isHeard: boolean = true): void {
    const ready = this.#writing.shift()
    if (ready === undefined) return
    for (const kept of ready.put) this.#disk.set(kept.id, kept)
    for (const id of ready.removed) this.#disk.delete(id)
    if (isHeard) this.#client.written(ready)
  }

  #repeat(): void {
    const command = this.#dice.oneOf([...this.#away.values()])
    if (command !== undefined) this.#mail.push(command)
  }

  #arrive(): void {
    const command = this.#dice.chance(0.5) ? this.#mail.shift() : this.#dice.takenFrom(this.#mail)
    if (command !== undefined && this.#dice.chance(0.1)) this.#mail.push(command)
    this.#execute(command)
  }

  #execute(command: Command | undefined, isSeen: boolean = true): void {
    if (command === undefined) return
    const told = this.#toldOf(command)
    const { outcome, isApplied } = this.#replica.execute(command)
    this.#note(outcome.kind, `${told.number}${isApplied ? ', executed' : ''}${isSeen ? '' : ', unseen'}`)
    if (isApplied) this.#runs(told)
    if (!isSeen) return
    this.#away.delete(placeOf(command))
    const settled = this.#client.executed(command, outcome)
    if (settled !== undefined) this.#answer(this.#told[numberOfId(settled.id)] as Told, settled)
  }

  #runs(told: Told): void {
    const { number, draft, turn, answer } = told
    told.runs++
    if (!writes(draft)) {
      this.#ran.push(told)
      return
    }
    if (told.runs > 1) this.#breaks('once', `${number} is executed again`)
    if (answer?.kind === 'expired')
      this.#breaks('truth', `${number} is executed, and was answered that it would not be`)
    for (const later of this.#ran) {
      // What nobody wants any more has no turn.
      if (turn === undefined || later.turn === undefined || later.turn < turn) continue
      const isMet = draft.spans.some(
        (one) => one.write && later.draft.spans.some((other) => spansInterfere(one, other)),
      )
      if (isMet) this.#breaks('order', `${later.number} was executed before ${number}`)
    }
    this.#ran.push(told)
  }

  #answer(told: Told, { answer }: Settled): void {
    const { number, draft, runs, doubtful } = told
    this.#note(`answer ${answer.kind}`, `${number}`)
    if (told.answer !== undefined)
      this.#breaks('answer', `${number} was answered ${told.answer.kind}, and ${answer.kind}`)
    told.answer = answer
    const isTrue =
      (answer.kind === 'done' && answer.result === number && runs > 0) ||
      (answer.kind === 'expired' && (runs === 0 || !writes(draft))) ||
      (answer.kind === 'unknown' && doubtful)
    if (!isTrue) this.#breaks('truth', `${number}, executed ${runs} times, is answered ${JSON.stringify(answer)}`)
  }

  #sweep(times: number): void {
    for (let left = times; left > 0; left--) {
      this.#replica.sweep(this.#lateSweep ?? this.#replica.nextSweep)
      this.#lateSweep = undefined
      this.#note('sweep', `${this.#replica.sweeps}`)
    }
  }

  /** A sweep is under way: it names what there is to be named now. */
  #beginSweep(): void {
    this.#lateSweep = this.#replica.nextSweep
  }

  /** The client dies, at any point of what it was writing; what the disk holds is another's from then on. */
  #crash(): void {
    for (let left = this.#dice.below(this.#writing.length + 1); left > 0; left--) this.#write(false)
    this.#note('crash', `the disk has ${[...this.#disk.keys()].map(numberOfId)}`)
    this.#writing = []
    this.#away = new Map()
    for (const told of this.#told) {
      const kept = this.#disk.get(told.draft.id)
      if (kept !== undefined) {
        // It may have had its answer; the storage doesn't know of that.
        told.answer = undefined
        told.doubtful ||= kept.place !== undefined
      } else if (told.answer === undefined) told.turn = undefined
    }
    this.#client = this.#newClient()
    for (const told of this.#told) {
      if (!told.careful || told.answer !== undefined || this.#dice.chance(0.5)) continue
      this.#note('bring again', `${told.number}`)
      told.turn ??= this.#turns++
      this.#client.add(told.draft, true)
    }
  }

  /** A whole state comes from elsewhere, which has executed some of what is under way. */
  #leap(): void {
    if (this.#mail.length === 0) return
    this.#note('leap')
    for (let left = 1 + this.#dice.below(3); left > 0; left--) this.#execute(this.#dice.takenFrom(this.#mail), false)
    if (this.#isSwept && this.#dice.chance(0.5)) this.#sweep(MANY_SWEEPS)
    for (const told of this.#told) if (told.sent.size > 0) told.doubtful = true
    this.#client.skipped()
  }

  #newClient(): Client {
    return this.#make({
      random: this.#dice.random,
      sweeps: () => this.#replica.sweeps,
      kept: [...this.#disk.values()],
      maxProposals: 1000,
      maxBytes: 1 << 20,
      maxCommandBytes: 1 << 10,
      window: this.#window,
    })
  }

  #toldOf(command: Command): Told {
    return this.#told[numberOf(command)] as Told
  }

  #note(event: string, of: string = ''): void {
    this.happened.set(event, (this.happened.get(event) ?? 0) + 1)
    this.#story.push(`${event} ${of}`)
  }

  #breaks(promise: PromiseName, what: string): never {
    throw new Broken(promise, what, this.seed, this.#story.slice(-STORY_LINES))
  }
}
