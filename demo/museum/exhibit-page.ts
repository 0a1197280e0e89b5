import { formatAction } from 'epaxos/sim'
import { button, element, linkButton, named, setText } from '../elements.js'
import { fragmentFor } from '../lab/address.js'
import { jumps } from '../learn/pace.js'
import { Player } from '../run/player.js'
import { prose } from '../run/prose.js'
import { inMs } from '../run/words.js'
import type { Exhibit } from './exhibit.js'
import { JudgedRun } from './judged-run.js'
import { inTheLab, type Runs, tellingMs } from './runs.js'

/** Who presses Play wants to see how it came, for about so long. */
const PLAYED_MS = 12_000

/** An exhibit on the page: two runs side by side, over one time line. */
export class ExhibitPage {
  readonly root: HTMLElement
  readonly #sides: readonly JudgedRun[]
  readonly #player: Player
  readonly #scrub: HTMLInputElement
  readonly #moment = element('output', { className: 'museum-moment' })
  readonly #play = named(
    'museum-play',
    button('Play', () => this.#playOrPause()),
  )
  #positionMs = 0

  constructor(
    readonly exhibit: Exhibit,
    { off, on, steps }: Runs,
    next: Exhibit,
  ) {
    const { title, rule, story, look, windowMs, untilMs } = exhibit
    const seek = (ms: number): void => this.#seek(Math.min(ms, untilMs))
    this.#sides = [new JudgedRun('off', off, windowMs, seek), new JudgedRun('on', on, windowMs, seek)]
    this.#player = new Player(
      () => this,
      () => this.#show(),
      () => this.#show(),
    )
    this.#player.speed = untilMs / PLAYED_MS
    this.#scrub = named(
      'museum-scrub',
      element('input', { type: 'range', min: '0', max: String(untilMs), step: '1', ariaLabel: 'Moment' }),
    )
    this.#scrub.addEventListener('input', () => this.#seek(Number(this.#scrub.value)))
    const done = steps.map(({ atMs, action }) =>
      element(
        'li',
        {},
        button(`${inMs(atMs)}: ${formatAction(action)}`, () => this.#seek(atMs)),
      ),
    )
    this.root = element(
      'article',
      { className: 'museum-exhibit' },
      element('a', { href: '#museum', textContent: 'All exhibits' }),
      element('h1', { textContent: title }),
      prose(story),
      prose(rule, 'The rule: '),
      prose(look, 'What to look at: '),
      element('div', { className: 'museum-line' }, this.#play, this.#scrub, this.#moment),
      element('div', { className: 'museum-sides' }, ...this.#sides.map(({ root }) => root)),
      element(
        'details',
        {},
        element('summary', { textContent: 'What is done in both runs' }),
        element('ol', { className: 'museum-steps' }, ...done),
        linkButton('Take it to the Lab, with the rule on', { href: fragmentFor(inTheLab(exhibit)) }),
      ),
      linkButton(`Next exhibit: ${next.title}`, { href: `#museum/${next.id}` }),
    )
    this.#seek(tellingMs(off, exhibit))
  }

  get positionMs(): number {
    return this.#positionMs
  }

  advance(byMs: number): void {
    this.#positionMs = Math.min(this.exhibit.untilMs, this.#positionMs + byMs)
  }

  close(): void {
    this.#player.pause()
    for (const side of this.#sides) side.destroy()
  }

  #seek(ms: number): void {
    this.#player.pause()
    this.#positionMs = ms
    this.#show()
  }

  #playOrPause(): void {
    if (this.#player.playing) this.#player.pause()
    else if (jumps()) this.#positionMs = this.exhibit.untilMs
    else {
      // There is nothing after the end: from the beginning, then.
      this.#positionMs = this.#positionMs < this.exhibit.untilMs ? this.#positionMs : 0
      this.#player.play()
    }
    this.#show()
  }

  #show(): void {
    for (const side of this.#sides) side.show(this.#positionMs)
    setText(this.#play, this.#player.playing ? 'Pause' : 'Play')
    setText(this.#moment, inMs(this.#positionMs))
    this.#scrub.value = String(this.#positionMs)
    this.#scrub.ariaValueText = inMs(this.#positionMs)
  }
}
