import type { Finding, LabSession } from 'epaxos/sim'
import { element, named, setText } from '../elements.js'
import { folding } from './controls.js'
import type { Panel } from './panel.js'

/** Whether reads and writes were answered as if one came after the other takes a search: not more often than this. */
const SEARCH_EVERY_MS = 1000

/** More commands than these not executed somewhere are many. */
const LONG_LAG = 10

interface Rule {
  readonly check: Finding['check']
  readonly name: string
  readonly holds: string
}

const RULES: readonly Rule[] = [
  { check: 'agreement', name: 'Agreement', holds: 'whoever commits an instance commits the same' },
  { check: 'visibility', name: 'Visibility', holds: 'of two that interfere, one waits for the other' },
  { check: 'order', name: 'Order', holds: 'what interferes is executed in one order everywhere' },
]

type Verdict = 'holds' | 'broken' | 'open'

const MARKS: Readonly<Record<Verdict, string>> = { holds: '✓', broken: '✗', open: '…' }

/** What the checkers say, which know nothing of what the visitor does. */
export class Badge implements Panel {
  readonly root: HTMLElement
  /** All of it in three words, to be put where it is always seen. */
  readonly sum: HTMLElement = named('badge', element('span', { className: 'lab-badge' }))
  readonly #lines = element('ul', { className: 'lab-checks' })
  /** Of the search: for which run, after how many events, when, and its answer. */
  #searched:
    | { readonly world: LabSession['world']; readonly at: number; readonly ms: number; readonly answer: Answer }
    | undefined

  constructor() {
    this.root = folding('Checkers', 'beside', this.#lines)
    for (let line = 0; line < RULES.length + 2; line++) this.#lines.append(element('li'))
  }

  update(session: LabSession): void {
    const { world, positionMs } = session
    const found = world.findings.filter(({ atMs }) => atMs <= positionMs)
    for (const [at, { check, name, holds }] of RULES.entries()) {
      const finding = found.find((each) => each.check === check)
      this.#say(at, check, finding === undefined ? 'holds' : 'broken', name, finding?.says ?? holds)
    }
    const answer = this.#search(session)
    const finding = found.find(({ check }) => check === 'linearizable')
    this.#say(
      RULES.length,
      'linearizable',
      finding === undefined ? ANSWERS[answer] : 'broken',
      'Linearizable',
      finding?.says ?? SAYINGS[answer],
    )
    const lag = world.chronicle.lag(positionMs)
    this.#say(
      RULES.length + 1,
      'lag',
      lag > LONG_LAG ? 'open' : 'holds',
      'Lag',
      `${lag} committed somewhere, and not executed at the slowest`,
    )
    const broken = found.length
    const sum = broken === 0 ? '✓ No rule is broken' : `✗ ${broken === 1 ? 'A rule is' : `${broken} rules are`} broken`
    setText(this.sum, sum)
    this.sum.dataset.verdict = broken === 0 ? 'holds' : 'broken'
  }

  #say(at: number, check: string, verdict: Verdict, name: string, says: string): void {
    const line = this.#lines.children[at]
    if (!(line instanceof HTMLElement)) return
    line.dataset.check = check
    line.dataset.verdict = verdict
    const text = `${MARKS[verdict]} ${name}: ${says}`
    setText(line, text)
  }

  #search({ world }: LabSession): Answer {
    const at = world.chronicle.happenings.length
    const known = this.#searched
    const ms = performance.now()
    if (known?.world === world && (known.at === at || ms - known.ms < SEARCH_EVERY_MS)) return known.answer
    const answer = world.linearizable()
    this.#searched = { world, at, ms, answer }
    return answer
  }
}

type Answer = ReturnType<LabSession['world']['linearizable']>

/** A no is a finding, too, which says from when on. */
const ANSWERS: Readonly<Record<Answer, Verdict>> = { yes: 'holds', no: 'holds', undecided: 'open' }

const SAYINGS: Readonly<Record<Answer, string>> = {
  yes: 'answers are as if one command came after the other',
  no: 'answers are as if one command came after the other, up to here',
  undecided: 'too many commands to search all their orders',
}
