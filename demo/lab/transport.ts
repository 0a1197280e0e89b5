import type { LabSession } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { inMs } from '../run/words.js'
import type { Panel } from './panel.js'

/** What the buttons of the transport do. */
export interface TransportActs {
  toggle(): void
  step(what: 'event' | 'message'): void
  back(): void
  speed(factor: number): void
}

/** The slider's ends, as powers of ten. */
const SLOWEST = -3
const FASTEST = 1
const SPEED_STEP = 0.05

const speedIn = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

/** Play, pause, steps, and how fast. */
export class Transport implements Panel {
  readonly root: HTMLElement = element('div', { className: 'lab-transport', role: 'group', ariaLabel: 'Time' })
  readonly #play: HTMLButtonElement
  readonly #time = named('time', element('output', { className: 'lab-time' }))
  readonly #pace = element('output', { className: 'lab-pace' })
  readonly #slider = named(
    'speed',
    element('input', {
      type: 'range',
      min: String(SLOWEST),
      max: String(FASTEST),
      step: String(SPEED_STEP),
      ariaLabel: 'Speed',
    }),
  )

  /** @param factor the speed to begin with */
  constructor(acts: TransportActs, factor: number) {
    this.#play = named(
      'play',
      button('Play', () => acts.toggle()),
    )
    this.#play.className = 'lab-play'
    const back = named(
      'back',
      button('Previous', () => acts.back()),
    )
    const message = named(
      'step-message',
      button('Next', () => acts.step('message')),
    )
    const event = named(
      'step-event',
      button('Next event', () => acts.step('event')),
    )
    // The word goes where there is no room for it.
    for (const each of [back, message])
      each.append(element('span', { className: 'lab-roomy', textContent: ' message' }))
    back.title = 'Back to where a message arrived before'
    message.title = 'On to where the next message arrives'
    event.title = 'On to whatever happens next: a message, a write to disk, a timer'
    this.#slider.value = String(Math.log10(factor))
    this.#slider.addEventListener('input', () => {
      acts.speed(this.#factor)
      this.#sayPace()
    })
    this.#sayPace()
    const speed = element('label', { className: 'lab-speed' }, element('span', { textContent: 'Speed' }), this.#slider)
    this.root.append(back, this.#play, message, event, speed, this.#pace, this.#time)
  }

  update({ positionMs }: LabSession): void {
    setText(this.#time, inMs(positionMs))
  }

  playing(is: boolean): void {
    setText(this.#play, is ? 'Pause' : 'Play')
  }

  get #factor(): number {
    return 10 ** Number(this.#slider.value)
  }

  #sayPace(): void {
    const words = `${speedIn.format(this.#factor)}×: a second shows ${speedIn.format(1000 * this.#factor)} ms`
    setText(this.#pace, words)
    this.#slider.ariaValueText = words
  }
}
