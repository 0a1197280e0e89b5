import { button, element, linkButton, named, setText } from '../elements.js'
import { fragmentFor } from '../lab/address.js'
import { Picture } from '../run/picture.js'
import { Player } from '../run/player.js'
import type { Chapter } from './chapter.js'
import { chapters } from './chapters.js'
import { deedOf } from './deed.js'
import { jumps, speedOf } from './pace.js'
import { addressOf, type Place } from './place.js'
import { Story } from './story.js'
import { Tour } from './tour.js'

/** A chapter on the page: its words, its pictures, and the controls between them. */
export class ChapterPage {
  readonly root: HTMLElement
  readonly #tour: Tour
  readonly #picture: Picture
  readonly #player: Player
  readonly #dots = element('ol', { className: 'learn-dots', ariaLabel: 'Steps of this chapter' })
  readonly #words = element('div', { className: 'learn-words' })
  readonly #back = named(
    'learn-back',
    button('Back', () => this.back()),
  )
  readonly #play = named(
    'learn-play',
    button('', () => this.#playOrPause()),
  )
  readonly #replay = button('Replay', () => this.#again())
  readonly #next = named(
    'learn-next',
    button('', () => this.next()),
  )
  readonly #lab = named('learn-lab', linkButton('Take it to the Lab', {}))
  #story: Story
  /** A question holds a beat up until it has an answer, or is passed over. */
  #asking = false

  /** @param turned the reader is at another beat, or wants to go to another chapter */
  constructor(
    readonly chapter: number,
    beat: number,
    readonly turned: (place: Place) => void,
  ) {
    const script = chapterAt(chapter)
    this.#tour = new Tour(script)
    this.#player = new Player(
      () => this.#tour,
      () => this.#moved(),
      () => this.#moved(),
    )
    this.#words.ariaLive = 'polite'
    this.#next.classList.add('main')
    for (const index of script.beats.keys()) {
      const dot = element('a', { href: addressOf({ chapter, beat: index }), ariaLabel: `Step ${index + 1}` })
      this.#dots.append(element('li', {}, dot))
    }
    this.#story = this.#enter(beat)
    this.#picture = new Picture(this.#moment, (ms) => this.#look(ms))
    const skip = named(
      'learn-skip',
      button('Skip chapter', () => this.#leave()),
    )
    const steps = element('div', { className: 'learn-controls' }, this.#back, this.#play, this.#replay, this.#next)
    const ways = element('div', { className: 'learn-ways' }, skip, this.#lab)
    this.root = element(
      'article',
      { className: 'learn-chapter' },
      element(
        'header',
        { className: 'learn-head' },
        element('a', { href: '#learn', textContent: 'All chapters' }),
        element('h1', { textContent: `${chapter + 1}. ${script.title}` }),
        this.#dots,
      ),
      this.#picture.root,
      this.#words,
      element('div', { className: 'learn-bar', role: 'group', ariaLabel: 'Controls' }, steps, ways),
    )
    this.#begin()
  }

  /** Shows this beat, if it is not the one that is shown. */
  go(beat: number): void {
    if (beat !== this.#tour.index) this.#turnTo(beat)
  }

  /** To the end of this beat; from there to the next one, or to the next chapter. */
  next(): void {
    if (!this.#tour.ended) this.#jump()
    else if (this.#tour.index + 1 < this.#tour.chapter.beats.length) this.#turnTo(this.#tour.index + 1)
    else this.#leave()
  }

  back(): void {
    if (this.#tour.index > 0) this.#turnTo(this.#tour.index - 1)
  }

  close(): void {
    this.#player.pause()
    this.#picture.destroy()
  }

  get #moment() {
    const { session, chapter } = this.#tour
    return { world: session.world, positionMs: session.positionMs, windowMs: chapter.windowMs }
  }

  #turnTo(beat: number): void {
    this.#player.pause()
    this.#story = this.#enter(beat)
    this.turned({ chapter: this.chapter, beat })
    this.#begin()
  }

  /** The words of a beat, in place of those of the one before. */
  #enter(beat: number): Story {
    this.#tour.go(beat)
    this.#asking = this.#tour.beat.question !== undefined && this.#tour.beat.hand === undefined
    const story = new Story(this.#tour.beat, {
      hand: () => this.#goOn(),
      answered: () => {
        if (this.#asking) this.#goOn()
      },
    })
    this.#words.replaceChildren(story.root)
    return story
  }

  #begin(): void {
    this.#player.speed = speedOf(this.#tour.mark)
    if (this.#asking || this.#tour.waits) this.#moved()
    else this.#goOn()
  }

  /** Does what the beat waits for, and plays. */
  #goOn(): void {
    this.#asking = false
    this.#tour.act()
    if (jumps()) this.#jump()
    else this.#player.play()
    this.#moved()
  }

  #jump(): void {
    this.#asking = false
    this.#player.pause()
    this.#tour.finish()
    this.#moved()
  }

  #look(ms: number): void {
    this.#player.pause()
    this.#tour.look(ms)
    this.#moved()
  }

  #again(): void {
    this.#player.pause()
    this.#tour.go(this.#tour.index)
    this.#goOn()
  }

  #playOrPause(): void {
    if (this.#player.playing) {
      this.#player.pause()
      this.#moved()
    } else this.#goOn()
  }

  #leave(): void {
    const chapter = this.chapter + 1
    if (chapter < chapters.length) this.turned({ chapter, beat: 0 })
    else location.hash = '#lab'
  }

  #moved(): void {
    const { index, beat, waits, ended, session, chapter } = this.#tour
    if (ended) this.#player.pause()
    const last = index + 1 === chapter.beats.length
    const { playing } = this.#player
    this.#picture.update(this.#moment)
    this.#picture.light(beat.lit)
    this.#story.update(
      waits,
      ended,
      ended && beat.lit ? deedOf(session.world.chronicle, beat.lit, session.positionMs) : undefined,
    )
    this.#back.disabled = index === 0
    setText(this.#play, playing ? 'Pause' : 'Play')
    this.#play.disabled = ended
    this.#replay.disabled = waits
    setText(this.#next, last && ended ? this.#afterwards : 'Next')
    this.root.dataset.testid = 'learn-chapter'
    this.root.dataset.ended = String(ended)
    // While it plays the address of every moment would be written sixty times a second.
    if (!playing) this.#lab.href = fragmentFor(session.text())
    for (const [at, dot] of [...this.#dots.querySelectorAll('a')].entries()) {
      dot.ariaCurrent = at === index ? 'step' : null
    }
  }

  get #afterwards(): string {
    return this.chapter + 1 < chapters.length ? 'Next chapter' : 'To the Lab'
  }
}

const chapterAt = (index: number): Chapter => {
  const chapter = chapters[index]
  if (chapter === undefined) throw new RangeError(`there are ${chapters.length} chapters, no number ${index + 1}`)
  return chapter
}
