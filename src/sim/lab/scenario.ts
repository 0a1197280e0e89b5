import type { InstanceId } from '../../core/index.js'
import { show } from '../checkers/violation.js'
import { formatMs } from './action-lines.js'
import type { Chronicle, Happening, LabScript } from './contract.js'
import { nameOfValue } from './mailed.js'
import { replay } from './replay.js'
import { formatScript, parseScript } from './script.js'
import { linesOf, Words } from './words.js'
import type { LabWorld } from './world.js'

/**
 * A scenario is a script with questions in it: below `then at 1200ms` stands, indented, what has come of the run by then.
 * Played again it says the same, or something has changed.
 */

/** @param atMs not before the last step @param world where the script was run until then */
export const formatScenario = (title: string, script: LabScript, atMs: number, world: LabWorld): string =>
  [`# ${title}`, '', `${formatScript(script)}then at ${formatMs(atMs)}`, ...outcome(world, atMs), ''].join('\n')

/** The text with what comes of it below each question, whatever stood there before. @throws InvalidScript */
export const playScenario = (text: string): string => {
  const lines = text.split('\n')
  const asked = lines.map(momentAsked)
  const isOutcome = (line: string): boolean => /^\s+\S/.test(line)
  // Lines keep their numbers.
  const said = lines.map((line, index) => (asked[index] !== undefined || isOutcome(line) ? '' : line)).join('\n')
  const script = parseScript(said)
  const stepLines = linesOf(said).map(({ line }) => line)
  const lastMs = script.steps[script.steps.length - 1]?.atMs ?? 0
  const untilMs = Math.max(lastMs, ...asked.map((ms) => ms ?? 0))
  const world = replay(script, untilMs, undefined, (step) => stepLines[step + 1] ?? 1)
  return lines
    .flatMap((line, index) => {
      if (isOutcome(line)) return []
      const ms = asked[index]
      return ms === undefined ? [line] : [line, ...outcome(world, ms)]
    })
    .join('\n')
}

/** The moment that a line asks about, if it does. */
const momentAsked = (line: string, index: number): number | undefined => {
  if (!line.startsWith('then')) return undefined
  const words = new Words(index + 1, line.replace(/#.*/, '').trim().split(/\s+/))
  words.expect('then')
  words.expect('at')
  const ms = words.milliseconds()
  words.end()
  return ms
}

/** What has come of a run by a moment: its instances, recoveries, what was executed in which order, and what is wrong. */
const outcome = (world: LabWorld, atMs: number): readonly string[] => {
  world.linearizable()
  const { chronicle, findings } = world
  const past = chronicle.happenings.filter((happening) => happening.atMs <= atMs)
  const found = findings.filter((finding) => finding.atMs <= atMs).map(({ check, says }) => `${check}: ${says}`)
  const lines = [
    ...chronicle.epochs.flatMap(({ number, fromMs }) => (fromMs <= atMs ? instances(chronicle, number, atMs) : [])),
    ...recoveries(past),
    ...executions(chronicle, past, atMs),
    ...(found.length === 0 ? ['nothing found'] : found),
  ]
  return lines.map((line) => `  ${line}`)
}

/** More than a run has in a row. */
const ALL = 1 << 20

const instances = (chronicle: Chronicle, epoch: number, atMs: number): readonly string[] =>
  chronicle.rows('all', epoch, atMs, ALL).flatMap((row) =>
    row.map(({ instance, value, deps, phase, path, void: isVoid }) => {
      const how = phase === 'committed' ? `${path ?? phase}${isVoid ? ', void' : ''}` : phase
      return `${inEpoch(instance, epoch)} ${nameOfValue(value)} {${deps ?? '?'}} ${how}`
    }),
  )

const recoveries = (past: readonly Happening[]): readonly string[] =>
  past.flatMap((one) =>
    one.kind === 'recovery' ? [`R${one.replica} recovers ${inEpoch(one.instance, one.epoch)}: ${one.rule}`] : [],
  )

/** In the order of each replica's last life; one line for all that have the same. */
const executions = (chronicle: Chronicle, past: readonly Happening[], atMs: number): readonly string[] => {
  const orders = new Map<number, string>(chronicle.members(atMs).map(({ replica }) => [replica, '']))
  for (const one of past) {
    if (one.kind === 'restarted') orders.set(one.replica, '')
    if (one.kind !== 'executed') continue
    const name = nameOfValue(chronicle.cell(one.replica, one.epoch, one.instance, one.atMs)?.value)
    orders.set(one.replica, `${orders.get(one.replica) ?? ''} ${name}`)
  }
  const together = new Map<string, string[]>()
  for (const [replica, order] of orders) {
    const line = ` executed${order || ' nothing'}`
    const replicas = together.get(line)
    if (replicas === undefined) together.set(line, [`R${replica}`])
    else replicas.push(`R${replica}`)
  }
  return [...together].map(([line, replicas]) => replicas.join(' ') + line)
}

const inEpoch = (instance: InstanceId, epoch: number): string =>
  `${show(instance)}${epoch === 0 ? '' : ` of epoch ${epoch}`}`
