import { MAX_VOTERS } from '../../core/index.js'
import { MAX_BURST } from './bounds.js'
import type { LabAction, MailName } from './contract.js'
import { formatName, formatSpan, nameFrom, spansFrom } from './span-words.js'
import type { Words } from './words.js'

/** What a visitor does, as a line says it; without its time. */

/** All of what is left of the line. @throws InvalidScript */
export const parseAction = (words: Words): LabAction => {
  const action = actionFrom(words)
  words.end()
  return action
}

const actionFrom = (words: Words): LabAction => {
  const kind = words.oneOf(kinds, `something to do, one of ${kinds.join(', ')}`)
  switch (kind) {
    case 'propose':
      return { kind, replica: words.replica(), name: nameFrom(words), spans: spansFrom(words) }
    case 'burst':
      return burstFrom(words)
    case 'cut':
      return { kind, sides: sidesFrom(words) }
    case 'heal':
      return { kind }
    case 'move':
      return { kind, replica: words.replica(), city: words.city() }
    case 'join':
      return { kind, replica: words.replica(), city: words.more ? words.city() : undefined }
    case 'seal':
      return { kind, replica: words.replica(), voters: words.replicas(MAX_VOTERS) }
    case 'drop':
    case 'deliver':
      return { kind, mail: mailFrom(words) }
    case 'delay':
    case 'repeat':
      return { kind, mail: mailFrom(words), byMs: words.milliseconds() }
    default:
      return { kind, replica: words.replica() }
  }
}

/**
 * In one line, without its time. Times are given to a thousandth of a millisecond, shares to a hundredth.
 * @throws InvalidScript for a name or key that no script can say
 */
export const formatAction = (action: LabAction): string => {
  const { kind } = action
  switch (kind) {
    case 'propose':
      return `${kind} R${action.replica} ${formatName(action.name)} ${action.spans.map(formatSpan).join(' ')}`
    case 'burst':
      return `${kind} ${action.count} every ${formatMs(action.everyMs)} interference ${formatShare(action.interference)} ${formatReplicas(action.replicas)}`
    case 'cut':
      return `${kind} ${action.sides.map(formatReplicas).join(' ')}`
    case 'heal':
      return kind
    case 'move':
      return `${kind} R${action.replica} ${action.city}`
    case 'join':
      return `${kind} R${action.replica}${action.city === undefined ? '' : ` ${action.city}`}`
    case 'seal':
      return `${kind} R${action.replica} ${formatReplicas(action.voters)}`
    case 'drop':
    case 'deliver':
      return `${kind} ${formatMail(action.mail)}`
    case 'delay':
    case 'repeat':
      return `${kind} ${formatMail(action.mail)} ${formatMs(action.byMs)}`
    default:
      return `${kind} R${action.replica}`
  }
}

export const formatMs = (ms: number): string => `${Math.round(ms * 1000) / 1000}ms`

export const formatShare = (share: number): string => `${Math.round(share * 100)}%`

const formatReplicas = (replicas: readonly number[]): string => replicas.map((replica) => `R${replica}`).join(',')

const formatMail = ({ kind, of, from, to }: MailName): string =>
  `${kind} ${of === undefined ? '' : `${of.slot}.${of.number} `}R${from}>R${to}`

const burstFrom = (words: Words): LabAction => {
  const count = words.count(1, MAX_BURST)
  words.expect('every')
  const everyMs = words.milliseconds()
  words.expect('interference')
  const interference = words.share()
  return { kind: 'burst', replicas: words.replicas(), count, everyMs, interference }
}

const sidesFrom = (words: Words): readonly (readonly number[])[] => {
  const sides = [words.replicas()]
  while (words.more) sides.push(words.replicas())
  const all = sides.flat()
  return new Set(all).size === all.length
    ? sides
    : words.fail('a replica is on two sides of the cut: it should be on one')
}

const mailFrom = (words: Words): MailName => {
  const kind = words.oneOf(mailKinds, `a kind of message, one of ${mailKinds.join(', ')}`)
  const of = words.instance()
  return { kind, ...(of && { of }), ...words.way() }
}

// All that there are: the compiler sees to that.

const kindTable: Readonly<Record<LabAction['kind'], true>> = {
  propose: true,
  burst: true,
  crash: true,
  restart: true,
  wipe: true,
  hide: true,
  show: true,
  cut: true,
  heal: true,
  move: true,
  join: true,
  seal: true,
  drop: true,
  deliver: true,
  delay: true,
  repeat: true,
}

const kinds = Object.keys(kindTable) as readonly LabAction['kind'][]

const mailKindTable: Readonly<Record<MailName['kind'], true>> = {
  'pre-accept': true,
  'pre-accept-ok': true,
  accept: true,
  'accept-ok': true,
  nack: true,
  commit: true,
  recover: true,
  'recover-ok': true,
  validate: true,
  'validate-ok': true,
  waiting: true,
  fetch: true,
  frontier: true,
  follow: true,
  gone: true,
  sealed: true,
  snapshot: true,
}

const mailKinds = Object.keys(mailKindTable) as readonly MailName['kind'][]
