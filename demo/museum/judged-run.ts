import type { LabWorld } from 'epaxos/sim'
import { element, named, setText } from '../elements.js'
import { Picture } from '../run/picture.js'
import { verdictAt } from './runs.js'

/** Findings that are read out; where something is broken there are soon many. */
const FINDINGS_SHOWN = 3

/** One side of an exhibit: the run, and what the checkers say of it. */
export class JudgedRun {
  readonly root: HTMLElement
  readonly #picture: Picture
  readonly #badge: HTMLElement
  readonly #findings = element('ul', { className: 'museum-findings' })

  constructor(
    side: 'off' | 'on',
    readonly world: LabWorld,
    readonly windowMs: number,
    seek: (ms: number) => void,
  ) {
    this.#badge = named(`museum-badge-${side}`, element('p', { className: 'museum-badge' }))
    this.#picture = new Picture({ world, positionMs: 0, windowMs }, seek, { of: `, rule ${side}` })
    this.root = element(
      'section',
      { className: 'museum-run', ariaLabel: `The rule is ${side}` },
      element('header', {}, element('h2', { textContent: `Rule ${side}` }), this.#badge),
      this.#findings,
      this.#picture.root,
    )
  }

  show(positionMs: number): void {
    const { findings, behind, guilty } = verdictAt(this.world, positionMs)
    const failing = findings.length === 0 ? ['lag'] : [...new Set(findings.map(({ check }) => check))]
    setText(this.#badge, guilty ? `broken: ${failing.join(', ')}` : 'all is well')
    this.#badge.dataset.verdict = guilty ? 'broken' : 'well'
    const says = findings.slice(0, FINDINGS_SHOWN).map((finding) => finding.says)
    const more = findings.length - says.length
    if (more > 0) says.push(`and ${more} more`)
    says.push(`${behind} ${behind === 1 ? 'command is' : 'commands are'} committed and not executed everywhere`)
    if (says.join() !== [...this.#findings.children].map(({ textContent }) => textContent).join()) {
      this.#findings.replaceChildren(...says.map((textContent) => element('li', { textContent })))
    }
    this.#picture.update({ world: this.world, positionMs, windowMs: this.windowMs })
  }

  destroy(): void {
    this.#picture.destroy()
  }
}
