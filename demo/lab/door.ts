import { EpaxosError } from 'epaxos/core'
import { LabSession } from 'epaxos/sim'
import type { Door, OpenDoor } from '../door.js'
import { element, linkButton, named } from '../elements.js'
import { sentence } from '../text.js'
import { wantedBy } from './address.js'
import { firstRun, STILL_MS } from './first-run.js'
import { LabPage } from './page.js'
import './lab.css'
import './time.css'
import './panels.css'

// What end-to-end tests hold on to, by data-testid:
//   lab                              the whole page, with data-playing, data-position (ms) and data-branch; while nothing
//                                    moves also data-state: eight digits, the same where the same is seen
//   play, back, step-message, step-event, speed, scrub, time, past
//   branch-<n>                       buttons of the futures, aria-pressed; the n-th from the top
//   sees, epoch                      through whose eyes the grid looks, and at which epoch
//   grid                             holds cell-<slot>-<number>
//   command, key, propose-<replica>, propose-all, burst-count, interference, burst
//   member-<replica>                 a row with data-state, data-role and data-executed; its buttons are power-, wipe-
//                                    and tab-<replica>
//   cut, heal                        what is cut off, in words; the button
//   join, seat-<replica>, seal       a newcomer; who votes next; the end of an epoch
//   run-voters, run-seed, run-net, run-start
//   badge                            with data-verdict: holds or broken
//   happened                         the list of the newest commands: deed-<name>, each with data-phase where it was
//                                    proposed: proposed, committed, executed or refused
//   flight-menu                      a dialog with drop, deliver, delay, repeat and flight-ms
//   copy-link, copy-test, by-hand    the last one shows what the browser does not let the page copy
//   notice, trouble                  what the visitor is told; why an address can't be opened
//   measured                         at #lab/measure: what was measured, as JSON

export const open: OpenDoor = async (place, fragment) => {
  const wanted = wantedBy(fragment)
  if (wanted.kind !== 'measure') return new LabDoor(place, fragment)
  const { measure } = await import('./measure.js')
  const measured = named('measured', element('pre'))
  place.append(element('h1', { textContent: 'Measuring …' }), measured)
  measured.textContent = JSON.stringify(await measure(place), undefined, 2)
  return { close: () => {} }
}

/** A slice of opening a long run leaves the page the rest of its time. */
const SLICE_MS = 30

class LabDoor implements Door {
  #page: LabPage | undefined
  /** Of a run that is being opened: its next slice. */
  #turn: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly place: HTMLElement,
    fragment: string,
  ) {
    this.fragment(fragment)
  }

  fragment(fragment: string): boolean {
    const wanted = wantedBy(fragment)
    switch (wanted.kind) {
      case 'measure':
        return false
      case 'unreadable':
        this.#refuse(wanted.reason)
        return true
      case 'first':
        this.#begin()
        return true
      case 'run':
        if (wanted.text !== this.#page?.text()) this.#open(wanted.text)
        return true
    }
  }

  close(): void {
    clearTimeout(this.#turn)
    this.#turn = undefined
    this.#page?.close()
    this.#page = undefined
    this.place.replaceChildren()
  }

  #begin(): void {
    const session = firstRun()
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (still) session.seek(STILL_MS)
    this.#show(session)
    this.#page?.play(!still)
  }

  #open(text: string): void {
    this.close()
    const says = element('p', { role: 'status' })
    const opening = LabSession.opening(text)
    const slice = (): void => {
      const untilMs = performance.now() + SLICE_MS
      try {
        for (;;) {
          const { done, value } = opening.next()
          if (done) return this.#show(value)
          if (performance.now() < untilMs) continue
          says.textContent = `Running it again: ${Math.floor(value.atMs)} of ${Math.ceil(value.endMs)} ms …`
          if (!says.isConnected) this.place.append(says)
          this.#turn = setTimeout(slice)
          return
        }
      } catch (error) {
        if (!(error instanceof EpaxosError)) throw error
        this.#refuse(error.message)
      }
    }
    slice()
  }

  #show(session: LabSession): void {
    this.close()
    this.#page = new LabPage(this.place, session)
  }

  #refuse(reason: string): void {
    this.close()
    this.place.append(
      named(
        'trouble',
        element(
          'div',
          { className: 'trouble', role: 'alert' },
          element('h1', { textContent: 'This address of the Lab can’t be opened' }),
          element('p', { textContent: sentence(reason) }),
          linkButton('Begin a fresh run', { href: '#lab' }),
        ),
      ),
    )
  }
}
