import { type AwsRegion, LabSession, type LabSetup } from 'epaxos/sim'
import { button, element, named } from '../elements.js'
import { cities, cityNames, replicaName } from '../run/words.js'
import { choiceOf, folding, labelled, numberField, numberIn, tick } from './controls.js'
import type { Panel } from './panel.js'

/** A seed is a number of 32 bits. */
const MAX_SEED = 2 ** 32 - 1

/** How a new run is to be. */
export class RunForm implements Panel {
  readonly root: HTMLElement
  readonly #voters = named('run-voters', numberField(5, 1, 9, 1))
  readonly #seed = named('run-seed', numberField(1, 0, MAX_SEED, 1))
  readonly #net = named(
    'run-net',
    choiceOf([
      ['map', 'in cities, by measured round trips'],
      ['even', 'the same everywhere'],
    ]),
  )
  readonly #delayMs = numberField(40, 0, 10_000, 1)
  readonly #delayField = labelled('One way, in ms', this.#delayMs)
  readonly #cities = element('div', { className: 'lab-pair' })
  readonly #jitter = numberField(5, 0, 100, 1)
  readonly #writeMs = numberField(2, 0, 1000, 1)
  readonly #thrifty = tick('Ask only as many as are needed (thrifty)', false)
  #shown: LabSetup | undefined

  constructor(begin: (session: LabSession) => void) {
    this.root = folding(
      'New run',
      'never',
      element('div', { className: 'lab-pair' }, labelled('Replicas', this.#voters), labelled('Seed', this.#seed)),
      labelled('Distances', this.#net),
      this.#delayField,
      this.#cities,
      element(
        'div',
        { className: 'lab-pair' },
        labelled('Late by up to, in %', this.#jitter),
        labelled('A write to disk, in ms', this.#writeMs),
      ),
      this.#thrifty.label,
      named(
        'run-start',
        button('Start a new run', () => begin(LabSession.begin(this.#setup))),
      ),
    )
    this.#voters.addEventListener('input', () => this.#showFields())
    this.#net.addEventListener('change', () => this.#showFields())
    this.#showFields()
  }

  /** Begins with what the run has that is shown. */
  update({ world: { setup } }: LabSession): void {
    if (this.#shown === setup) return
    this.#shown = setup
    this.#voters.value = String(setup.voters)
    this.#seed.value = String(setup.seed)
    this.#net.value = setup.net.kind
    this.#jitter.value = String(Math.round(100 * setup.jitter))
    this.#writeMs.value = String(setup.writeMs)
    this.#thrifty.box.checked = setup.thrifty
    if (setup.net.kind === 'even') this.#delayMs.value = String(setup.net.delayMs)
    this.#showFields()
    if (setup.net.kind !== 'map') return
    for (const [at, city] of setup.net.cities.entries()) {
      const select = this.#cities.children[at]?.querySelector('select')
      if (select instanceof HTMLSelectElement) select.value = city
    }
  }

  get #setup(): LabSetup {
    const voters = Math.round(numberIn(this.#voters))
    return {
      seed: Math.round(numberIn(this.#seed)),
      voters,
      net:
        this.#net.value === 'even'
          ? { kind: 'even', delayMs: numberIn(this.#delayMs) }
          : {
              kind: 'map',
              cities: [...this.#cities.querySelectorAll('select')].map(({ value }) => value as AwsRegion),
            },
      jitter: numberIn(this.#jitter) / 100,
      writeMs: numberIn(this.#writeMs),
      thrifty: this.#thrifty.box.checked,
    }
  }

  #showFields(): void {
    const isEven = this.#net.value === 'even'
    this.#delayField.hidden = !isEven
    this.#cities.hidden = isEven
    const voters = Math.round(numberIn(this.#voters))
    while (this.#cities.childElementCount > voters) this.#cities.lastElementChild?.remove()
    for (let replica = this.#cities.childElementCount; replica < voters; replica++) {
      const select = choiceOf(cities.map((city) => [city, cityNames[city]]))
      select.selectedIndex = replica % cities.length
      this.#cities.append(labelled(replicaName(replica), select))
    }
  }
}
