import { type Branch, formatAction, type LabSession } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { inMs } from '../run/words.js'
import { roundedUp } from './moments.js'
import type { Panel } from './panel.js'

/** What the tracks ask for. */
export interface TrackActs {
  seek(ms: number): void
  select(branch: number): void
}

/** A time line with a track for each future: what was done in it, from where it leaves the one that it comes from. */
export class Tracks implements Panel {
  readonly root: HTMLElement = element('div', {
    className: 'lab-tracks',
    role: 'group',
    ariaLabel: 'Time line and futures',
  })
  readonly #scrub = named(
    'scrub',
    element('input', { type: 'range', min: '0', step: '1', className: 'lab-scrub', ariaLabel: 'Moment' }),
  )
  readonly #end = element('span', { className: 'lab-scale' })
  readonly #list = element('ul', { className: 'lab-branches', ariaLabel: 'Futures' })
  readonly #past = named('past', element('p', { className: 'lab-past' }))
  #shown = ''

  /** @param notice takes the place of what is said of the past */
  constructor(
    readonly acts: TrackActs,
    notice: HTMLElement,
  ) {
    this.#scrub.addEventListener('input', () => acts.seek(Number(this.#scrub.value)))
    const line = element('div', { className: 'lab-line' }, this.#end, this.#scrub)
    this.root.append(line, this.#list, element('div', { className: 'lab-said' }, notice, this.#past))
  }

  update(session: LabSession): void {
    const { positionMs, branches, current, world } = session
    const endMs = Math.max(world.nowMs, ...branches.map(({ endMs }) => endMs))
    // A little more than there is: whoever drags to its end goes on.
    const scaleMs = roundedUp(1.02 * endMs + 1)
    setText(this.#end, `0 – ${scaleMs} ms`)
    this.#scrub.max = String(scaleMs)
    this.#scrub.value = String(positionMs)
    this.#scrub.ariaValueText = inMs(positionMs)
    setText(this.#past, positionMs < world.nowMs ? 'This is the past: what you do here begins another future.' : '')
    const shown = JSON.stringify([scaleMs, current.id, branches.map(({ id, script }) => [id, script.steps.length])])
    if (shown !== this.#shown) this.#draw(branches, current, scaleMs)
    this.#shown = shown
    for (const [at, { id, forkMs, endMs }] of branches.entries()) {
      const bar = this.#list.children[at]?.querySelector<HTMLElement>('.lab-bar')
      if (bar instanceof HTMLElement)
        bar.style.width = percent((id === current.id ? world.nowMs : endMs) - forkMs, scaleMs)
    }
  }

  #draw(branches: readonly Branch[], current: Branch, scaleMs: number): void {
    // Buttons stay: one of them may have the focus.
    while (this.#list.childElementCount > branches.length) this.#list.lastElementChild?.remove()
    for (const [at, branch] of branches.entries()) {
      const row = this.#list.children[at] ?? this.#list.appendChild(this.#newRow(at))
      const { id, name, forkMs, script } = branch
      const choose = row.querySelector('button')
      const track = row.querySelector('.lab-track')
      const steps = script.steps.length
      if (choose !== null) {
        const own = script.steps.find(({ atMs }) => atMs >= forkMs)
        setText(choose, id === 0 || own === undefined ? name : `${name}: ${formatAction(own.action)}`)
        choose.ariaPressed = String(id === current.id)
        choose.dataset.branch = String(id)
        choose.title = `${steps} ${steps === 1 ? 'step' : 'steps'}${forkMs > 0 ? `, its own from ${inMs(forkMs)} on` : ''}`
      }
      const bar = element('span', { className: 'lab-bar' })
      bar.style.left = percent(forkMs, scaleMs)
      const marks = script.steps
        .filter(({ atMs }) => atMs >= forkMs)
        .map(({ atMs, action }) => {
          const mark = element('span', {
            className: `lab-mark lab-mark-${action.kind}`,
            title: `${inMs(atMs)}: ${formatAction(action)}`,
          })
          mark.style.left = percent(atMs, scaleMs)
          return mark
        })
      track?.replaceChildren(bar, ...marks)
    }
  }

  #newRow(at: number): HTMLLIElement {
    const choose = named(
      `branch-${at}`,
      button('', () => this.acts.select(Number(choose.dataset.branch))),
    )
    const track = element('span', { className: 'lab-track', ariaHidden: 'true' })
    return element('li', {}, choose, track)
  }
}

const percent = (ms: number, ofMs: number): string => `${Math.max(0, (100 * ms) / ofMs)}%`
