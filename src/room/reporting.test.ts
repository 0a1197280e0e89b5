import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { MemberReady } from '../member/index.js'
import type { LogFields, Logger, Meter } from './contract.js'
import { METRICS, Reporter } from './reporting.js'

const [SELF, B, C] = ['a', 'b', 'c'].map((name) => name.repeat(32)) as [string, string, string]

/** All that a logger and a meter were told, in order. */
class Recorder {
  readonly lines: (readonly [level: string, message: string, fields: LogFields])[] = []
  readonly metrics: (readonly [name: string, amount: number, attributes: LogFields])[] = []

  readonly logger: Logger = Object.fromEntries(
    (['debug', 'info', 'warn', 'error'] as const).map((level) => [
      level,
      (message: string, fields: LogFields = {}) => this.lines.push([level, message, fields]),
    ]),
  ) as unknown as Logger

  readonly meter: Meter = {
    count: (name, amount, attributes = {}) => this.metrics.push([name, amount, attributes]),
    time: (name, ms, attributes = {}) => this.metrics.push([name, ms, attributes]),
  }

  readonly reporter: Reporter = reporterOf(this)
}

const reporterOf = (options: { readonly logger?: Logger; readonly meter?: Meter }): Reporter => {
  const reporter = Reporter.of(options, SELF)
  if (reporter === undefined) throw new Error('somebody wants to be told')
  return reporter
}

const ready = (change: Partial<MemberReady>): MemberReady => ({
  sequence: 1,
  records: [],
  floor: undefined,
  compacted: false,
  cut: undefined,
  dropCut: false,
  checkpoint: undefined,
  messages: [],
  messagesAfterWrite: [],
  awaited: false,
  executed: [],
  events: [],
  ...change,
})

const instance = { slot: 1, number: 7 }
const configuration = { number: 3, voters: [B, C], wireVersion: 5, stateVersion: 2 }
const executed = { frontier: [1, 1], beyond: [[], []] }
const checkpoint = { configuration, executed, chunks: [new Uint8Array(10), new Uint8Array(5)] }

/** Everything that a room may report, once. */
const everything: readonly ((reporter: Reporter) => void)[] = [
  (it) => it.proposed(),
  (it) => it.rejected(new RangeError('too many')),
  (it) => it.committed(12),
  (it) => it.answered('done', 34),
  (it) => it.started(2, true),
  (it) => it.handled(ready({ events: [{ kind: 'committed', instance, path: 'fast', value: { kind: 'noop' } }] })),
  (it) => it.handled(ready({ events: [{ kind: 'recovery', instance, rule: 'validate' }] })),
  (it) => it.handled(ready({ events: [{ kind: 'epoch', configuration }] })),
  (it) =>
    it.handled(
      ready({ events: [{ kind: 'installed', from: B, configuration, executed, bytes: 900, resumed: false }] }),
    ),
  (it) => it.handled(ready({ events: [{ kind: 'diverged', member: B, mutators: ['draw', 'roll'] }] })),
  (it) => it.handled(ready({ events: [{ kind: 'disagreement', instance }] })),
  (it) => it.handled(ready({ checkpoint })),
  (it) => it.handled(ready({ cut: checkpoint })),
  (it) => it.role('voter', undefined),
  (it) => it.tookOver(),
  (it) => it.met(B),
  (it) => it.went(B),
  (it) => it.link({ state: 'open', reason: undefined }),
  (it) => it.sent(100),
  (it) => it.received(200),
  (it) => it.dropped('stranger'),
  (it) => it.cutOff(B, 'unreadable'),
  (it) => it.quarantined(B),
  (it) => it.wrote(3),
  (it) => it.storageFailed('the disk is full'),
]

describe('a reporter', () => {
  it('is not there where nobody wants to be told', () => {
    expect(Reporter.of({}, SELF)).toBeUndefined()
  })

  it('counts and measures, with few attributes', () => {
    const { reporter, metrics } = new Recorder()
    for (const report of everything) report(reporter)
    expect(metrics).toEqual([
      ['epaxos.proposals', 1, {}],
      ['epaxos.rejections', 1, { error: 'RangeError' }],
      ['epaxos.commit.time', 12, {}],
      ['epaxos.answers', 1, { kind: 'done' }],
      ['epaxos.answer.time', 34, { kind: 'done' }],
      ['epaxos.restarts', 1, {}],
      ['epaxos.commits', 1, { path: 'fast' }],
      ['epaxos.recoveries', 1, { rule: 'validate' }],
      ['epaxos.snapshot.bytes', 900, { direction: 'received' }],
      ['epaxos.divergences', 1, {}],
      ['epaxos.snapshot.bytes', 15, { direction: 'stored' }],
      ['epaxos.snapshot.bytes', 15, { direction: 'stored' }],
      ['epaxos.sent.packets', 1, {}],
      ['epaxos.sent.bytes', 100, {}],
      ['epaxos.received.packets', 1, {}],
      ['epaxos.received.bytes', 200, {}],
      ['epaxos.dropped', 1, { why: 'stranger' }],
      ['epaxos.peer.cut_off', 1, { reason: 'unreadable' }],
      ['epaxos.storage.quarantined', 1, {}],
      ['epaxos.batches', 1, {}],
      ['epaxos.write.time', 3, {}],
    ])
    expect(new Set(metrics.map(([name]) => name))).toEqual(new Set(Object.values(METRICS)))
  })

  it('says in words what people should know, with the replica that it is about', () => {
    const { reporter, lines } = new Recorder()
    for (const report of everything) report(reporter)
    expect(lines.map(([level, message]) => `${level}: ${message}`)).toEqual([
      'info: the replica was started again',
      'info: an epoch has begun',
      'info: a snapshot has taken the place of the state',
      'error: a member that has executed the same holds another state: some mutator is not deterministic, or their code differs',
      'error: a peer knows another commit of an instance: some replica is broken',
      'info: the replica is voter',
      'info: this tab has taken over the replica of another one',
      'debug: a peer has introduced itself',
      'debug: a peer has gone',
      'info: the link is open',
      'warn: a member is cut off',
      'warn: a storage could not be trusted and is left aside',
      'error: the storage has failed',
    ])
    for (const [, , fields] of lines) expect(fields.replica).toBe(SELF)
    expect(lines[1]?.[2]).toMatchObject({ epoch: 3, voters: `${B} ${C}`, stateVersion: 2 })
    expect(lines[3]?.[2]).toMatchObject({ member: B, mutators: 'draw roll' })
    expect(lines[12]?.[2]).toMatchObject({ reason: 'the disk is full' })
  })

  it('tells a role when it has changed, and a stop as what is wrong', () => {
    const { reporter, lines } = new Recorder()
    reporter.role('joining', undefined)
    reporter.role('joining', 'nobody is here')
    reporter.role('voter', undefined)
    reporter.role('voter', undefined)
    reporter.role('stopped', 'a write has failed')
    reporter.role('stopped', 'a write has failed')
    expect(lines).toEqual([
      ['info', 'the replica is joining', expect.objectContaining({ role: 'joining', before: undefined })],
      ['info', 'the replica is voter', expect.objectContaining({ role: 'voter', before: 'joining' })],
      ['error', 'the replica is stopped', expect.objectContaining({ before: 'voter', reason: 'a write has failed' })],
    ])
  })

  it('tells of the link when its state or the reason for it has changed, not with every peer', () => {
    const { reporter, lines } = new Recorder()
    reporter.link({ state: 'connecting', reason: undefined })
    reporter.link({ state: 'open', reason: undefined })
    reporter.link({ state: 'open', reason: undefined })
    reporter.link({ state: 'reconnecting', reason: 'relay-unreachable' })
    reporter.link({ state: 'reconnecting', reason: 'unresponsive' })
    reporter.link({ state: 'closed', reason: 'replaced' })
    expect(lines.map(([level, message, { reason }]) => [level, message, reason])).toEqual([
      ['info', 'the link is connecting', undefined],
      ['info', 'the link is open', undefined],
      ['warn', 'the link is reconnecting', 'relay-unreachable'],
      ['warn', 'the link is reconnecting', 'unresponsive'],
      ['error', 'the link is closed', 'replaced'],
    ])
  })

  it('counts no restart where it is the first start', () => {
    const { reporter, lines, metrics } = new Recorder()
    reporter.started(1, false)
    expect(metrics).toEqual([])
    expect(lines).toEqual([['info', 'the replica was started', { replica: SELF, incarnation: 1, durable: false }]])
  })

  it('does with a logger alone, and with a meter alone', () => {
    const { logger, lines } = new Recorder()
    const { meter, metrics } = new Recorder()
    for (const report of everything) for (const one of [{ logger }, { meter }]) report(reporterOf(one))
    expect(lines).toHaveLength(13)
    expect(metrics).toHaveLength(21)
  })

  it('goes on where the logger and the meter throw', () => {
    const fail = (): never => {
      throw new Error('the disk with the log is full')
    }
    const reporter = reporterOf({
      logger: { debug: fail, info: fail, warn: fail, error: fail },
      meter: { count: fail, time: fail },
    })
    for (const report of everything) expect(() => report(reporter)).not.toThrow()
  })
})

it('all that is counted and measured is in the docs, and nothing else', async () => {
  const docs = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8')
  const rows = [...docs.matchAll(/^\| `(epaxos\.[a-z._]+)` \|/gm)].map(([, name]) => name)
  expect(rows.toSorted()).toEqual(Object.values(METRICS).toSorted())
})
