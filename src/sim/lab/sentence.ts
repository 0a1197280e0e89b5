import { type InstanceId, quorumsOf, type TraceCell } from '../../core/index.js'
import { show } from '../checkers/violation.js'
import { componentOf, type Known } from './component.js'
import type { Chronicle, Happening } from './contract.js'
import { ruleInWords } from './rule-words.js'
import { type Story, storyOf } from './stories.js'

/** An instance at a moment, and all that was known of it by then. */
interface Scene {
  readonly chronicle: Chronicle
  readonly epoch: number
  readonly atMs: number
  readonly cell: TraceCell
  readonly story: Story
  /** Members, by slot. */
  readonly voters: readonly number[]
  /** Who proposed it. */
  readonly proposer: number
}

type Vote = Extract<Happening, { readonly kind: 'vote' }>

/** What became of an instance by a moment, and why, in one or two sentences: "1 of 3 agreed at once; R2 knew of 1.4, so …". */
export const deedInWords = (chronicle: Chronicle, epoch: number, instance: InstanceId, atMs: number): string => {
  const voters = chronicle.epochs.find(({ number }) => number === epoch)?.voters ?? []
  const proposer = voters[instance.slot]
  const known = chronicle.cell('all', epoch, instance, atMs)
  const own = proposer === undefined ? undefined : chronicle.cell(proposer, epoch, instance, atMs)
  // Until it is written down a decision is its proposer's alone, and may be lost with the power.
  const cell = own?.phase === 'committed' && known?.phase !== 'committed' ? own : known
  if (cell === undefined || proposer === undefined) return 'Nothing is known of it yet.'
  const { happenings, flights } = storyOf(chronicle, epoch, instance)
  const story = {
    happenings: happenings.filter((one) => one.atMs <= atMs),
    flights: flights.filter(({ sentMs }) => sentMs <= atMs),
  }
  const scene: Scene = { chronicle, epoch, atMs, cell, story, voters, proposer }
  return [decision(scene), end(scene)].filter((sentence) => sentence !== '').join(' ')
}

const decision = (scene: Scene): string => {
  const { phase, void: isVoid } = scene.cell
  const isTakenOver = scene.cell.ballot > 0 || lastRule(scene) !== undefined || votes(scene, 'recover').length > 0
  if (phase === 'committed') {
    const path = pathOf(scene)
    if (path === 'fast') return fast(scene)
    if (path === 'slow') return `${disagreement(scene)} so a second round was needed: ${accepted(scene)}.`
    return isTakenOver ? recovery(scene) : 'It was decided; how, nobody here remembers.'
  }
  if (isVoid) return 'The epoch ended before it was decided, so it is void: it is never executed.'
  if (isTakenOver) return recovery(scene)
  if (phase === 'accepted' || slowSinceMs(scene) !== undefined) {
    return `${disagreement(scene)} so a second round is under way: ${progress(scene, 'accept')}.`
  }
  return waiting(scene)
}

/** Who has decided it writes that down before it says how. */
const pathOf = (scene: Scene): TraceCell['path'] => {
  const { cell, story } = scene
  const last = story.happenings.findLast((one) => one.kind === 'vote')
  if (cell.path !== undefined || last?.kind !== 'vote' || last.votes < last.needed || cell.ballot > 0) return cell.path
  return last.round === 'pre-accept' ? 'fast' : 'slow'
}

// The first round.

const fast = ({ voters }: Scene): string => {
  if (voters.length === 1) return 'It was decided at once: there is nobody else to ask.'
  return `${quorumsOf(voters.length).fast} of ${voters.length} agreed at once.`
}

const waiting = (scene: Scene): string => {
  const { voters, proposer } = scene
  if (voters.length === 1) return 'There is nobody else to ask: it is decided once it is written down.'
  const { fast: needed } = quorumsOf(voters.length)
  const known = knowledge(scene)
  const agreed = 1 + votes(scene, 'pre-accept').filter(({ grown }) => !grown).length
  const agreeing = `${agreed} of the ${needed} that have to agree ${agreed === 1 ? 'does' : 'do'} so far`
  return `R${proposer} has asked what others know of that interferes: ${agreeing}${known === '' ? '' : `; ${known}`}.`
}

/** Why not all that had to agreed at once; ends in a comma. */
const disagreement = (scene: Scene): string => {
  const { voters, story, atMs } = scene
  const { length } = voters
  const first = votes(scene, 'pre-accept').filter((vote) => vote.atMs <= (slowSinceMs(scene) ?? atMs))
  const agreed = 1 + first.filter(({ grown }) => !grown).length
  const asked = new Set(story.flights.flatMap(({ kind, to }) => (kind === 'pre-accept' ? [to] : [])))
  const heard = new Set(first.map(({ from }) => from))
  const silent = voters.filter((voter) => asked.has(voter) && !heard.has(voter))
  // Where their answers could not have helped any more, or half of those that came had disagreed, nobody waited for them.
  const isAwaited = 2 * agreed > 1 + first.length && agreed + silent.length >= quorumsOf(length).fast
  const isMissed = silent.length > 0 && isAwaited
  const reasons = [knowledge(scene), isMissed ? `${listed(silent.map(named))} did not answer in time` : '']
  const why = reasons.filter((reason) => reason !== '').join(', and ')
  const who = agreed === 1 ? 'Nobody else' : `${agreed} of ${length}`
  return why === '' ? `${who} agreed at once,` : `${who} agreed at once; ${why},`
}

/** Who knew of more than was proposed: `R1 and R2 knew of 1.4`. */
const knowledge = (scene: Scene): string => {
  const { chronicle, epoch, cell } = scene
  const knowing = new Map<string, number[]>()
  for (const { atMs, from, grown } of votes(scene, 'pre-accept')) {
    if (!grown || atMs > (slowSinceMs(scene) ?? scene.atMs)) continue
    const deps = chronicle.cell(from, epoch, cell.instance, atMs)?.deps ?? []
    const more = deps.flatMap((number, slot) => (number > (cell.initDeps?.[slot] ?? 0) ? [show({ slot, number })] : []))
    const what = more.length === 0 ? 'more than was proposed' : listed(more)
    knowing.set(what, [...(knowing.get(what) ?? []), from])
  }
  return [...knowing]
    .map(([what, who], at) => `${listed(who.map(named))}${at === 0 ? ' knew' : ''} of ${what}`)
    .join(', ')
}

// The second round, and recovery.

/** When whoever proposed it began a second round. */
const slowSinceMs = ({ story, proposer }: Scene): number | undefined =>
  story.flights.find(({ kind, from, says }) => kind === 'accept' && from === proposer && says.startsWith('b0 '))?.sentMs

const accepted = ({ voters }: Scene): string => `${quorumsOf(voters.length).slow} of ${voters.length} accepted it`

/** How many votes of the newest round of a kind there are. */
const progress = (scene: Scene, round: 'accept' | 'recover'): string => {
  const { slow } = quorumsOf(scene.voters.length)
  const latest = votes(scene, round).at(-1)
  const [verb, verbs] = round === 'accept' ? ['has accepted it', 'have accepted it'] : ['has answered', 'have answered']
  const count = latest?.votes ?? 1
  return `${count} of the ${latest?.needed ?? slow} that it needs ${count === 1 ? verb : verbs}`
}

const recovery = (scene: Scene): string => {
  const { cell, voters, proposer, story } = scene
  const last = lastRule(scene)
  const by =
    last?.replica ??
    votes(scene, 'recover').at(-1)?.replica ??
    story.flights.findLast(({ kind }) => kind === 'recover')?.from
  const who =
    by === undefined || by === proposer
      ? `R${proposer} took it up again`
      : `R${by} waited for R${proposer} in vain, and took it over`
  if (last === undefined)
    return `${who}: ${by === undefined ? 'it asks what the others know' : progress(scene, 'recover')}.`
  const why = `${who}: ${ruleInWords[last.rule]}.`
  if (cell.phase === 'committed') {
    return cell.path === 'recovered'
      ? `${why} ${quorumsOf(voters.length).slow} of ${voters.length} accepted that.`
      : why
  }
  return DECIDES_NOTHING.has(last.rule) ? why : `${why} For that, ${progress(scene, 'accept')}.`
}

const DECIDES_NOTHING: ReadonlySet<string> = new Set(['validate', 'waiting', 'committed', 'late-committed'])

const lastRule = ({ story }: Scene): Extract<Happening, { readonly kind: 'recovery' }> | undefined =>
  story.happenings.findLast((one) => one.kind === 'recovery')

// What came of it.

const end = (scene: Scene): string => {
  const { cell, story } = scene
  if (cell.phase !== 'committed') return ''
  if (cell.value?.kind === 'noop') {
    const again = story.happenings.find((one) => one.kind === 'proposed-again')
    const nothing = 'It is a no-op: nothing is executed for it'
    return again === undefined
      ? `${nothing}.`
      : `${nothing}, and R${again.replica} has proposed its command again, as ${show(again.as)}.`
  }
  if (!story.happenings.some(({ kind }) => kind === 'committed')) {
    return 'That is written down before anybody is told.'
  }
  if (cell.void) return 'It comes after what has ended the epoch, so it is void: it is never executed.'
  return story.happenings.some(({ kind }) => kind === 'executed') ? execution(scene) : awaited(scene)
}

const execution = (scene: Scene): string => {
  const { chronicle, epoch, cell, story, proposer } = scene
  const all = story.happenings.filter((one) => one.kind === 'executed')
  const one = all.find(({ replica }) => replica === proposer) ?? all[0]
  if (one === undefined) return ''
  // A component is executed at once: whatever is executed at another time has no part in it.
  const together: Known[] = []
  for (let at = firstAt(chronicle.happenings, one.atMs); chronicle.happenings[at]?.atMs === one.atMs; at++) {
    const other = chronicle.happenings[at]
    if (other?.kind !== 'executed' || other.replica !== one.replica || other.epoch !== epoch) continue
    together.push(...knownOf(scene, other.instance))
  }
  const component = componentOf({ instance: cell.instance, deps: cell.deps ?? [] }, together)
  const executed = `R${one.replica} executed it as no. ${one.position}`
  if (component.length <= 1) return `${executed}.`
  return `${executed}, in one go with ${component.length - 1} more, since they depend on each other: ${shortened(component)}.`
}

/** The place of the first that is not before a moment. */
const firstAt = (happenings: readonly Happening[], ms: number): number => {
  let low = 0
  let high = happenings.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((happenings[middle]?.atMs ?? 0) < ms) low = middle + 1
    else high = middle
  }
  return low
}

const knownOf = ({ chronicle, epoch, cell, atMs }: Scene, instance: InstanceId): readonly Known[] => {
  const isSame = instance.slot === cell.instance.slot && instance.number === cell.instance.number
  const deps = chronicle.cell('all', epoch, instance, atMs)?.deps
  return isSame || deps === undefined ? [] : [{ instance, deps }]
}

/** So many of a row are looked through for one that is missing. */
const LOOKED_THROUGH = 64

/** Why it is not executed yet, where it was proposed. */
const awaited = ({ chronicle, epoch, atMs, cell, proposer }: Scene): string => {
  const missing = (cell.deps ?? []).flatMap((last, slot) => {
    for (let number = Math.max(1, last - LOOKED_THROUGH); number <= last; number++) {
      const other = chronicle.cell(proposer, epoch, { slot, number }, atMs)
      if (slot === cell.instance.slot && number === cell.instance.number) continue
      if (other?.phase !== 'committed') return [show({ slot, number })]
    }
    return []
  })
  if (missing.length > 0)
    return `It waits for ${listed(missing)}, which R${proposer} does not know the decision of yet.`
  return `It waits for its turn at R${proposer}.`
}

// Words.

const votes = ({ story }: Scene, round: Vote['round']): readonly Vote[] =>
  story.happenings.filter((one): one is Vote => one.kind === 'vote' && one.round === round)

const named = (replica: number): string => `R${replica}`

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`

/** More would be no sentence any more. */
const MAX_LISTED = 6

const shortened = (instances: readonly InstanceId[]): string => {
  const shown = instances.slice(0, MAX_LISTED).map(show).join(', ')
  return instances.length > MAX_LISTED ? `${shown} …` : shown
}
