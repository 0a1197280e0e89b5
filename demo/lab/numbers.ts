import { type Figures, figuresOf, type LabSession, type MemberView } from 'epaxos/sim'
import { element, named, setText } from '../elements.js'
import { choiceOf, labelled, offer } from './controls.js'
import './numbers.css'
import { cityNames, membersOf, replicaName } from '../run/words.js'
import { NumbersChart } from './numbers-chart.js'
import { pointsOf, type Until } from './numbers-points.js'
import { Rival } from './numbers-rival.js'
import { type Line, NumbersTable } from './numbers-table.js'
import { comparisonInWords, fastShare, rateInWords } from './numbers-words.js'

const BEST = 'best'
const ALL = 'all'

/** How fast the commands of a session are, beside what a log with a leader costs on the same map with the same commands. */
export const mountNumbers = (place: HTMLElement): { update(session: LabSession): void; destroy(): void } =>
  new Numbers(place)

class Numbers {
  readonly #root: HTMLElement
  readonly #share = named('fast-share', element('strong'))
  readonly #rate = element('span')
  readonly #compared = named('compared', element('p', { className: 'numbers-compared' }))
  readonly #leads = element('p', { className: 'lead' })
  readonly #leader = choiceOf([[BEST, 'in the best place']])
  readonly #until = choiceOf([
    ['commit', 'committed'],
    ['execution', 'executed'],
  ])
  readonly #replica = choiceOf([[ALL, 'all replicas']])
  readonly #table = new NumbersTable()
  readonly #chart = new NumbersChart()
  #rival: Rival | undefined
  #session: LabSession | undefined

  constructor(place: HTMLElement) {
    this.#root = element(
      'div',
      { className: 'numbers' },
      element('p', { className: 'numbers-rate' }, this.#share, ' ', this.#rate),
      element(
        'div',
        { className: 'numbers-choices' },
        labelled('A leader', named('leader', this.#leader)),
        labelled('Time until', named('until', this.#until)),
        labelled('Marks of', this.#replica),
      ),
      this.#compared,
      this.#leads,
      this.#table.root,
      this.#chart.root,
    )
    for (const select of [this.#leader, this.#until, this.#replica]) select.addEventListener('change', this.#again)
    place.append(this.#root)
  }

  update(session: LabSession): void {
    this.#session = session
    this.#rival ??= new Rival(session, this.#again)
    const { voters } = session.world.setup
    offer(this.#leader, [[BEST, 'in the best place'], ...choicesOf(voters)])
    offer(this.#replica, [[ALL, 'all replicas'], ...choicesOf(membersOf(session).length)])
    this.#rival.follow(session, this.#leader.value === BEST ? undefined : Number(this.#leader.value))
    this.#show(session, this.#rival)
  }

  destroy(): void {
    this.#rival?.destroy()
    this.#chart.destroy()
    this.#root.remove()
  }

  readonly #again = (): void => {
    if (this.#session !== undefined) this.update(this.#session)
  }

  #show(session: LabSession, rival: Rival): void {
    const { positionMs, world } = session
    const members = membersOf(session)
    const here = figuresOf(world.chronicle.deeds, members.length, positionMs)
    const led = figuresOf(rival.world.deeds, members.length, positionMs)
    const until: Until = this.#until.value === 'execution' ? 'execution' : 'commit'
    setText(this.#share, fastShare(here))
    setText(this.#rate, rateInWords(here))
    const said = rival.isBehind ? 'Working out what a leader would cost …' : compared(here, led, until, rival)
    setText(this.#compared, said)
    setText(this.#leads, leadsInWords(rival, positionMs))
    this.#table.update(
      until,
      `${replicaName(rival.world.leader)} as a leader`,
      members.map((member) => lineOf(member, here, rival.isBehind ? undefined : led, until, rival)),
    )
    const replica = this.#replica.value === ALL ? undefined : Number(this.#replica.value)
    this.#chart.update(pointsOf(world.chronicle.deeds, rival.world.deeds, { until, replica, atMs: positionMs }), said)
  }
}

const choicesOf = (count: number): (readonly [string, string])[] =>
  Array.from({ length: count }, (_, replica) => [String(replica), replicaName(replica)] as const)

const compared = (here: Figures, led: Figures, until: Until, { world }: Rival): string => {
  const { roundTrip } = world.around
  return comparisonInWords({
    here: here.replicas.map((each) => each[until]),
    led: led.replicas.map((each) => each[until]),
    leader: world.leader,
    toLeaderMs: Array.from({ length: world.setup.voters }, (_, replica) => roundTrip(replica, world.leader)),
  })
}

/** Where another one had to take over; as of now, for only that is known. */
const leadsInWords = ({ world, isBehind }: Rival, positionMs: number): string => {
  if (isBehind || positionMs < world.nowMs || world.leads === world.leader) return ''
  const first = `${replicaName(world.leader)} led first.`
  return world.leads === undefined
    ? `${first} Now nobody leads, and nothing is committed there until somebody does.`
    : `${first} Now ${replicaName(world.leads)} leads.`
}

const lineOf = (
  { replica, city }: MemberView,
  here: Figures,
  led: Figures | undefined,
  until: Until,
  { world }: Rival,
): Line => {
  return {
    name: replicaName(replica),
    aside: city === undefined ? '' : cityNames[city],
    here: here.replicas[replica]?.[until],
    led: led?.replicas[replica]?.[until],
    atBestMs: replica < world.setup.voters ? world.leaderlessMs(replica) : undefined,
  }
}
