import { type Command, quorumsOf, type Span, type TraceCell } from '../core/index.js'
import { keyOf } from './placed.js'

/** One cell in words, for a group of `n` voters. */
export const sentenceOf = (cell: TraceCell, n: number): string => {
  const { slot, number } = cell.instance
  const what = [keyOf(slot, number), contentOf(cell)].filter((part) => part !== '').join(' ')
  return `${what} — ${[progressOf(cell, n), dependenciesOf(cell), executionOf(cell)].filter((part) => part !== '').join('; ')}`
}

const contentOf = ({ value }: TraceCell): string => {
  if (value === undefined) return ''
  if (value.kind === 'noop') return 'no-op'
  if (value.kind === 'sweep') return 'forgets answers that their clients have'
  if (value.kind === 'seal') {
    const { number, voters } = value.next
    return `ends the epoch: number ${number} has ${voters.length} voter${voters.length === 1 ? '' : 's'}`
  }
  const [first, ...more] = value.commands
  const said = first === undefined ? '' : commandInWords(first)
  return more.length === 0 ? said : `${said} and ${more.length} more`
}

const commandInWords = ({ spans }: Command): string => spans.map(spanInWords).join(', ')

const spanInWords = (span: Span): string => {
  const verb = span.write ? 'writes' : 'reads'
  if (span.kind === 'key') return `${verb} ${span.key}`
  return `${verb} from ${span.from} ${span.to === undefined ? 'on' : `to ${span.to}`}`
}

const progressOf = (cell: TraceCell, n: number): string => {
  const { phase, path, ballot } = cell
  const { fast, slow } = quorumsOf(n)
  switch (phase) {
    case 'none':
      return 'only a promise is known; a recovery is under way'
    case 'pre-accepted':
      return 'pre-accepted; voters say what they know to interfere'
    case 'accepted':
      return ballot > 0 ? 'accepted; a recovery is under way' : 'accepted; a second round is under way'
    case 'committed':
      switch (path) {
        case 'fast':
          return `committed fast: ${fast} of ${n} agreed at once`
        case 'slow':
          return `committed slow: ${slow} of ${n} accepted it in a second round`
        case 'recovered':
          return `committed by recovery: ${slow} of ${n} accepted what the recovery decided`
        case 'told':
          return 'committed, as another voter told'
        case undefined:
          return 'committed before this replica was started again'
      }
  }
}

const dependenciesOf = ({ phase, deps, initDeps }: TraceCell): string => {
  if (deps === undefined) return ''
  const named = deps.flatMap((number, slot) => (number > 0 ? [keyOf(slot, number)] : []))
  const grown = phase === 'committed' && initDeps?.some((number, slot) => (deps[slot] as number) > number)
  return `depends on ${named.length === 0 ? 'nothing' : named.join(', ')}${grown ? ', more than was proposed' : ''}`
}

const executionOf = ({ phase, void: isVoid, executed, position }: TraceCell): string => {
  if (phase !== 'committed') return ''
  if (isVoid) return 'void: it comes after what has ended the epoch'
  if (!executed) return 'waits for what it depends on'
  return position > 0 ? `executed as no. ${position}` : 'executed before this replica was started again'
}
