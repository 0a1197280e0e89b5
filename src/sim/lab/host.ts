import type { Configuration, Message, Span } from '../../core/index.js'
import type { Happening, MailName, MemberView } from './contract.js'
import { Life, type Owner } from './life.js'
import type { Receiver } from './post.js'
import { inWords, LabRefused } from './refused.js'
import { idOf, type Scene } from './scene.js'
import { type Saved, Store } from './store.js'
import { Ticker } from './ticker.js'

/** One member, from life to life: its disk, its timer, and how it is. */
export class LabHost implements Owner, Receiver {
  /** Of the newest life. */
  store: Store = new Store()
  readonly waiting: Set<number> = new Set()
  readonly #ticker: Ticker
  #state: MemberView['state'] = 'up'
  /** It has never had a state: it waits for a snapshot. */
  #joining: boolean
  #lives = 0
  #life: Life | undefined
  /** Where it is, or was when its last life ended. */
  #configuration: Configuration
  #executed = 0
  #asking = false

  /** @param joins it is none of the first voters */
  constructor(
    readonly number: number,
    readonly scene: Scene,
    joins: boolean,
  ) {
    this.#joining = joins
    this.#configuration = scene.configuration
    this.#ticker = new Ticker(scene.timetable, scene.setup.seed, number, () => this.#life?.tick())
    this.stands()
    this.#begin()
  }

  get state(): MemberView['state'] {
    return this.#state
  }

  /** It takes part: it answers. */
  get isRunning(): boolean {
    return this.#life !== undefined
  }

  /** Whether what arrives finds somebody: a newcomer waits for a snapshot and nothing else. */
  takes(kind: MailName['kind']): boolean {
    return this.isRunning || (kind === 'snapshot' && this.#joining && this.#state !== 'down' && this.#state !== 'gone')
  }

  // What is done to it.

  /** @throws LabRefused */
  propose(name: string, spans: readonly Span[]): void {
    this.#running.propose(name, spans)
  }

  /** @throws LabRefused */
  seal(voters: readonly number[]): void {
    this.#running.seal(voters)
  }

  receive(from: number, message: Message): void {
    this.#life?.receive(from, message)
  }

  /** The power goes, and takes all that is not durable. @param forGood with the disk */
  crash(forGood: boolean): void {
    this.#end(forGood ? 'gone' : 'down')
    if (forGood) this.store = new Store()
    this.#happened({ kind: forGood ? 'wiped' : 'crashed' })
  }

  restart(): void {
    this.#state = 'up'
    this.#happened({ kind: 'restarted' })
    this.#joining = this.store.saved === undefined && !this.scene.configuration.voters.includes(idOf(this.number))
    this.stands()
    this.#begin()
  }

  hide(): void {
    this.#state = 'hidden'
    this.stands()
    this.#happened({ kind: 'hidden' })
    this.#ticker.start(true)
  }

  show(): void {
    this.#state = 'up'
    this.stands()
    this.#happened({ kind: 'shown' })
    this.#ticker.start(false)
  }

  /** Distances have changed. */
  moved(): void {
    this.stands()
    this.#life?.prefer()
  }

  // Snapshots.

  /** What this member can give to another; undefined where it has nothing for that. */
  offer(to: number): Saved | undefined {
    if (this.#life === undefined) return undefined
    const { configuration } = this.#life
    if (!configuration.voters.includes(idOf(to))) return this.#life.saved
    // A voter begins an epoch at its start [H18].
    const { start } = this.store
    return start?.configuration.number === configuration.number ? start : undefined
  }

  /** A snapshot has come. */
  install(saved: Saved): void {
    if (this.#joining) {
      this.#joining = false
      this.#start(saved)
      this.#life?.keep(saved)
      this.#happened({ kind: 'installed' })
    } else if (this.#life?.lostTo !== undefined && this.#life.install(saved)) {
      this.scene.jury.began(this.number, saved.configuration.number, saved.executed)
      this.#happened({ kind: 'installed' })
    }
  }

  lost(): void {
    if (!this.#asking) this.#ask()
  }

  /** Asks for a snapshot until one has come. */
  #ask(): void {
    const lives = this.#lives
    const again = (): void => {
      if (lives !== this.#lives) return
      const of = this.#life?.lostTo
      this.#asking = this.#joining || of !== undefined
      if (this.#asking) this.scene.timetable.after(this.scene.askForSnapshot(this.number, of), again)
    }
    again()
  }

  // Lives.

  #begin(): void {
    if (this.#joining) this.#ask()
    else this.#start(undefined)
  }

  /** @param installed what it begins with, in place of what is on its disk */
  #start(installed: Saved | undefined): void {
    const { jury, configuration: first } = this.scene
    const saved = installed ?? this.store.saved ?? nothingIn(first)
    this.#lives++
    this.#asking = false
    try {
      this.#life = new Life(this, this.#lives, saved)
    } catch (error) {
      this.stopped(inWords(error))
      return
    }
    if (this.#lives > 1 || installed !== undefined) jury.began(this.number, saved.configuration.number, saved.executed)
    this.stands()
    this.#ticker.start(this.#state === 'hidden')
  }

  get #running(): Life {
    if (this.#life === undefined) throw new LabRefused(`R${this.number} is not running`)
    return this.#life
  }

  #end(state: MemberView['state']): void {
    this.#lives++
    this.#life?.end()
    this.#life = undefined
    this.#state = state
    this.#asking = false
    this.#ticker.stop()
    for (const deed of this.waiting) this.scene.recording.refused(deed, `R${this.number} went down before its turn`)
    this.waiting.clear()
    this.stands()
  }

  stopped(reason: string): void {
    this.#end('stopped')
    this.#happened({ kind: 'stopped', reason })
  }

  entered(epoch: number): void {
    this.#happened({ kind: 'entered', epoch })
  }

  // What the recording is told.

  stands(): void {
    this.#configuration = this.#life?.configuration ?? this.#configuration
    this.#executed = this.#life?.executed ?? this.#executed
    const { number: epoch, voters } = this.#configuration
    const role = this.#joining ? 'joining' : voters.includes(idOf(this.number)) ? 'voter' : 'observer'
    const city = this.scene.city(this.number)
    this.scene.recording.stands(this.number, { state: this.#state, role, epoch, city }, this.#executed)
  }

  #happened(what: What): void {
    this.scene.recording.happened({ atMs: this.scene.timetable.now, replica: this.number, ...what })
  }
}

type What =
  | { readonly kind: 'crashed' | 'restarted' | 'wiped' | 'hidden' | 'shown' | 'installed' }
  | Pick<Extract<Happening, { readonly kind: 'entered' }>, 'kind' | 'epoch'>
  | Pick<Extract<Happening, { readonly kind: 'stopped' }>, 'kind' | 'reason'>

/** The state that the first epoch begins with. */
const nothingIn = (configuration: Configuration): Saved => ({
  configuration,
  executed: undefined,
  writers: new Map(),
  position: 0,
  before: 0,
})
