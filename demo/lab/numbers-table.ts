import type { Spread } from 'epaxos/sim'
import { element, named, setText } from '../elements.js'
import type { Until } from './numbers-points.js'

/** One replica's row. */
export interface Line {
  readonly name: string
  /** Where it is; empty: nowhere in particular. */
  readonly aside: string
  readonly here: Spread | undefined
  readonly led: Spread | undefined
  /** What nothing can be faster than without a leader. */
  readonly atBestMs: number | undefined
}

const CAPTIONS: Readonly<Record<Until, string>> = {
  commit: 'Milliseconds until a command is known to be committed where it was proposed.',
  execution: 'Milliseconds until a command is executed where it was proposed.',
}

const NOTE =
  'Half: so long took half of them, at most. 99 %: so long took 99 of 100. At best: the way to the nearest voters that a fast commit needs, and back, with three writes; behind a leader one is enough.'

/** Latency at each replica, without a leader beside with one. */
export class NumbersTable {
  readonly root: HTMLElement
  readonly #caption = element('caption')
  readonly #led = element('th', { scope: 'colgroup', colSpan: 2 })
  readonly #rows = element('tbody')

  constructor() {
    const columns = ['Half', '99 %', 'At best', 'Half', '99 %'].map((textContent) =>
      element('th', { scope: 'col', textContent }),
    )
    const table = element(
      'table',
      { className: 'numbers-table' },
      this.#caption,
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col', rowSpan: 2, textContent: 'At' }),
          element('th', { scope: 'colgroup', colSpan: 3, textContent: 'No leader' }),
          this.#led,
        ),
        element('tr', {}, ...columns),
      ),
      this.#rows,
    )
    this.root = element(
      'div',
      {},
      named('numbers-table', table),
      element('p', { className: 'lead', textContent: NOTE }),
    )
  }

  /** @param leader how its columns are called */
  update(until: Until, leader: string, lines: readonly Line[]): void {
    setText(this.#caption, CAPTIONS[until])
    setText(this.#led, leader)
    while (this.#rows.rows.length > lines.length) this.#rows.deleteRow(-1)
    while (this.#rows.rows.length < lines.length) this.#rows.append(emptyRow())
    for (const [at, line] of lines.entries()) fill(this.#rows.rows[at], line)
  }
}

const emptyRow = (): HTMLTableRowElement =>
  element(
    'tr',
    {},
    element('th', { scope: 'row' }, element('span'), element('small')),
    ...Array.from({ length: 5 }, () => element('td')),
  )

const fill = (row: HTMLTableRowElement | undefined, { name, aside, here, led, atBestMs }: Line): void => {
  const [head, ...cells] = row?.cells ?? []
  const texts = [here?.p50Ms, here?.p99Ms, atBestMs, led?.p50Ms, led?.p99Ms].map(inTable)
  for (const [at, cell] of cells.entries()) setText(cell, texts[at] ?? '')
  const [title, place] = head?.children ?? []
  if (title !== undefined) setText(title, name)
  if (place !== undefined) setText(place, aside)
}

const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1, useGrouping: false })

const inTable = (ms: number | undefined): string => (ms === undefined ? '–' : tenths.format(ms))
