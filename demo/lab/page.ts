import { EpaxosError } from 'epaxos/core'
import type { LabAction, LabSession } from 'epaxos/sim'
import { element, named, setText } from '../elements.js'
import { Player } from '../run/player.js'
import { sentence } from '../text.js'
import { Badge } from './badge.js'
import { Burst } from './burst.js'
import { digestOf } from './digest.js'
import { Faults } from './faults.js'
import { FlightMenu } from './flight-menu.js'
import { words } from './glossary.js'
import { Happened } from './happened.js'
import { Keys } from './keys.js'
import { Numbers } from './live-numbers.js'
import { Members } from './members.js'
import { arrivalBefore, isStirring } from './moments.js'
import { Network } from './network.js'
import type { Desk, Panel } from './panel.js'
import { Propose } from './propose.js'
import { RunForm } from './run-form.js'
import { Share } from './share.js'
import { Tracks } from './tracks.js'
import { Transport } from './transport.js'
import { Views } from './views.js'

/** While it plays, what is read rather than watched follows so often. */
const READ_EVERY_MS = 250

/** Where a slider rests for so long, it was let go. */
const REST_MS = 150

const TRY =
  'Every replica here runs the library’s real core; only clock, network and disks are simulated. Propose commands on one key, drop a message, crash a replica: then go back and do otherwise. Both futures are kept.'

/** The Lab: a session, the views of it, and the visitor's hands on it. */
export class LabPage implements Desk {
  readonly root: HTMLElement
  readonly #player: Player
  readonly #transport: Transport
  readonly #tracks: Tracks
  readonly #views: Views
  readonly #happened: Happened
  readonly #network: Network
  readonly #panels: readonly Panel[]
  readonly #menu: FlightMenu
  readonly #share: Share
  readonly #keys: Keys
  readonly #notice = named('notice', element('p', { className: 'lab-notice', role: 'status' }))
  #session: LabSession
  #lit: string | undefined
  #readMs = Number.NEGATIVE_INFINITY
  #rest: ReturnType<typeof setTimeout> | undefined
  /** It was playing when a message was chosen. */
  #goesOn = false

  constructor(place: HTMLElement, session: LabSession) {
    this.#session = session
    this.#player = new Player(
      () => this.#session,
      () => this.#moved(),
      () => this.#ended(),
    )
    const toggle = (): void => this.play(!this.#player.playing)
    const back = (): void => this.#seek(arrivalBefore(this.#session.world.chronicle, this.#session.positionMs))
    const seek = (ms: number): void => this.#seek(ms)
    const speed = (factor: number): void => {
      this.#player.speed = factor
    }
    this.#transport = new Transport({ toggle, back, step: (what) => this.#step(what), speed }, this.#player.speed)
    this.#tracks = new Tracks(
      { seek, select: (branch) => this.#change(() => this.#session.select(branch)) },
      this.#notice,
    )
    this.#views = new Views(session, this, { seek, flight: (id, at) => this.#choose(id, at) })
    this.#happened = new Happened(this)
    this.#keys = new Keys({ toggle, next: () => this.#step('message'), back })
    this.#share = new Share(() => this.#session, this)
    this.#network = new Network(this)
    const badge = new Badge()
    const propose = new Propose(this)
    const bar = element('div', { className: 'lab-top' }, this.#transport.root, this.#tracks.root)
    this.#transport.root.append(badge.sum)
    const near = [propose, this.#happened, new Burst(this), new Faults(this)]
    const aside = [badge, new Members(this), new RunForm((begun) => this.show(begun))]
    const numbers = new Numbers()
    this.#panels = [...near, this.#network, ...aside, numbers]
    this.root = named(
      'lab',
      element(
        'div',
        { className: 'lab' },
        element('div', { className: 'lab-head' }, element('h1', { textContent: 'Lab' }), this.#share.root),
        element('p', { className: 'lead', textContent: TRY }),
        bar,
        this.#views.root,
        element('div', { className: 'lab-near' }, ...near.map(({ root }) => root)),
        element(
          'div',
          { className: 'lab-below' },
          this.#network.root,
          element('div', { className: 'lab-aside' }, ...aside.map(({ root }) => root), words(), this.#keys.root),
          numbers.root,
        ),
      ),
    )
    place.append(this.root)
    this.#menu = new FlightMenu(this.root, this, seek, () => this.play(this.#goesOn))
    this.#settle()
  }

  /** Shows another session, paused. */
  show(session: LabSession): void {
    this.#player.pause()
    this.#session = session
    this.say('')
    this.#settle()
  }

  /** What its address holds. */
  text(): string {
    return this.#session.text()
  }

  play(is: boolean): void {
    if (is) {
      this.say('')
      this.#player.play()
    } else this.#player.pause()
    this.#settle()
  }

  act(...actions: readonly LabAction[]): void {
    this.#change(() => {
      for (const action of actions) this.#session.act(action)
    })
  }

  light(key: string | undefined): void {
    if (this.#lit === key) return
    this.#lit = key
    this.#views.light(key)
    this.#happened.light(key)
  }

  say(text: string): void {
    setText(this.#notice, text)
  }

  close(): void {
    this.#player.pause()
    clearTimeout(this.#rest)
    this.#keys.destroy()
    this.#share.destroy()
    this.#menu.destroy()
    this.#views.destroy()
    for (const panel of this.#panels) panel.destroy?.()
    this.root.remove()
  }

  /** Changes something, or says why that can't be done now. */
  #change(change: () => void): void {
    try {
      change()
      this.say('')
    } catch (error) {
      if (!(error instanceof EpaxosError)) throw error
      this.say(sentence(error.message))
    }
    this.#settle()
  }

  #step(what: 'event' | 'message'): void {
    this.#player.pause()
    if (!isStirring(this.#session, what)) {
      this.say('Nothing is under way: propose something, or let it play.')
      return this.#settle()
    }
    let found = true
    this.#change(() => {
      found = this.#session.step(what)
    })
    if (!found) this.say('A minute has passed in which nothing of that kind happened.')
  }

  #seek(ms: number): void {
    this.#player.pause()
    this.#goesOn = false
    this.say('')
    this.#session.seek(ms)
    this.#moved()
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => this.#settle(), REST_MS)
  }

  #choose(id: number, at: { readonly clientX: number; readonly clientY: number }): void {
    this.#goesOn = this.#player.playing
    this.play(false)
    this.#menu.open(this.#session, id, at)
  }

  #ended(): void {
    this.#settle()
    this.say('This is as far as a run goes. Go back and do otherwise, or begin a new one.')
  }

  /** What is watched follows at once. */
  #moved(): void {
    delete this.root.dataset.state
    this.#transport.update(this.#session)
    this.#tracks.update(this.#session)
    this.#views.update(this.#session)
    this.#network.update(this.#session)
    this.#transport.playing(this.#player.playing)
    const ms = performance.now()
    if (ms - this.#readMs < READ_EVERY_MS) return
    this.#readMs = ms
    this.#happened.quiet(this.#player.playing)
    for (const panel of this.#panels) panel.update(this.#session)
  }

  /** Everything is shown as it is, and named. */
  #settle(): void {
    clearTimeout(this.#rest)
    this.#readMs = Number.NEGATIVE_INFINITY
    this.#moved()
    this.#share.keep()
    const { dataset } = this.root
    dataset.playing = String(this.#player.playing)
    dataset.position = String(this.#session.positionMs)
    dataset.branch = String(this.#session.current.id)
    if (!this.#player.playing) dataset.state = digestOf(this.#session)
  }
}
