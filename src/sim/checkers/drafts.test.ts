import { describe, expect, it } from 'vitest'
import { read, type Span, write } from '../../core/index.js'
import type { Done } from '../asks.js'
import { ACCOUNTS } from '../workload.js'
import { Drafts } from './drafts.js'
import { Applied } from './exactly-once.js'
import { Lines } from './lines.js'
import { command } from './stage.js'
import { checkSums } from './sums.js'
import { Violation } from './violation.js'

const draft = (...spans: Span[]) => ({ id: '0'.repeat(32), spans, payload: new Uint8Array(), lasting: true })
const done = (result: number): Done => ({ kind: 'done', result })

describe('in order', () => {
  const machine = (lines: Lines) => new Applied('R0', lines)

  it('convicts who is executed before one of its node that it must not overtake, once that is executed', () => {
    const lines = new Lines()
    lines.joined('R1', 1, [write('x')])
    lines.joined('R1', 2, [read('x'), write('y')])
    const applied = machine(lines)
    applied.applied(command(2, read('x'), write('y')))
    expect(() => applied.applied(command(1, write('x')))).toThrow(Violation)
  })

  it('and not where the two do not interfere, come from two nodes, or the earlier one was lost', () => {
    const lines = new Lines()
    lines.joined('R1', 1, [write('x')])
    lines.joined('R1', 2, [write('y')])
    lines.joined('R2', 3, [write('x')])
    lines.loosened('R1', 1)
    lines.joined('R1', 4, [write('x')])
    const applied = machine(lines)
    for (const number of [4, 3, 2, 1]) expect(() => applied.applied(command(number, write('x')))).not.toThrow()
  })
})

describe('drafts', () => {
  const drafts = (came?: Done): Drafts => {
    const made = new Drafts(new Lines(), () => came)
    made.began('R0', 1)
    made.made('R0', 1, 1, draft(write('x')))
    return made
  }

  it('convict a node that forgets what was durable, and not what was not', () => {
    expect(() => drafts().lost('R0', 1)).not.toThrow()
    const kept = drafts()
    kept.kept(1)
    expect(() => kept.lost('R0', 1)).toThrow(Violation)
    expect(() => kept.conclude(new Set())).not.toThrow()
    expect(() => kept.conclude(new Set(['R0']))).toThrow(Violation)
  })

  it('convict an answer that is not what it came to', () => {
    expect(() => drafts(done(1)).answered('R0', 1, done(1))).not.toThrow()
    expect(() => drafts(done(1)).answered('R0', 1, done(2))).toThrow(Violation)
    expect(() => drafts().answered('R0', 1, done(2))).toThrow(Violation)
  })

  it('convict an answer that nothing is known where all was seen', () => {
    const unknown = { kind: 'unknown', reason: 'it was away' } as const
    expect(() => drafts().answered('R0', 1, unknown)).toThrow(Violation)
    const restarted = drafts()
    restarted.began('R0', 2)
    expect(() => restarted.answered('R0', 1, unknown)).not.toThrow()
    const installed = drafts()
    installed.installed('R0')
    expect(() => installed.answered('R0', 1, unknown)).not.toThrow()
  })
})

describe('sums', () => {
  const audit = (...pairs: [string, number][]) => [
    { client: 0, operations: [{ op: 'scan', ...ACCOUNTS } as const], outcomes: [pairs], called: 0, returned: 1 },
  ]

  it('convict accounts that have lost or won something', () => {
    expect(() => checkSums(audit(), 3)).not.toThrow()
    expect(() => checkSums(audit(['a000', 40], ['a002', 160]), 3)).not.toThrow()
    expect(() => checkSums(audit(['a000', 40], ['a002', 161]), 3)).toThrow(Violation)
  })
})
