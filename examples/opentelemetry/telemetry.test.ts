import { type Attributes, type Span, SpanStatusCode, type TimeInput } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createRoom, defineState, write } from 'epaxos'
import { memory } from 'epaxos/storage/memory'
import { localNetwork } from 'epaxos/transport/local'
import { afterEach, describe, expect, it } from 'vitest'
import { loggerOf, meterOf } from './telemetry.js'

/** The real SDK, with what it has exported. */
class Collected {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  readonly provider: MeterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: this.#exporter, exportIntervalMillis: 3_600_000 })],
  })

  /** By name: unit, and by attributes the sum, or the number of durations. */
  async metrics(): Promise<Record<string, { readonly unit: string; readonly points: Record<string, number> }>> {
    await this.provider.forceFlush()
    const all =
      this.#exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
    return Object.fromEntries(
      all.map(({ descriptor: { name, unit }, dataPoints }) => {
        const points = dataPoints.map(({ attributes, value }) => [
          Object.values(attributes).join(),
          typeof value === 'number' ? value : value.count,
        ])
        return [name, { unit, points: Object.fromEntries(points) }]
      }),
    )
  }
}

/** A span that keeps its events. */
class KeptSpan implements Pick<Span, 'addEvent' | 'setStatus'> {
  readonly events: (readonly [name: string, attributes: Attributes])[] = []
  status: { readonly code: SpanStatusCode } = { code: SpanStatusCode.UNSET }

  addEvent(name: string, attributes: Attributes | TimeInput = {}): Span {
    this.events.push([name, attributes as Attributes])
    return this.span
  }

  setStatus(status: { readonly code: SpanStatusCode }): Span {
    this.status = status
    return this.span
  }

  get span(): Span {
    return this as unknown as Span
  }
}

const collected: Collected[] = []
const collect = (): Collected => {
  const one = new Collected()
  collected.push(one)
  return one
}
afterEach(async () => {
  for (const { provider } of collected.splice(0)) await provider.shutdown()
})

describe('the meter', () => {
  it('adds up what is counted, by attributes, and says which are bytes', async () => {
    const one = collect()
    const meter = meterOf(one.provider.getMeter('epaxos'))
    meter.count('epaxos.answers', 1, { kind: 'done' })
    meter.count('epaxos.answers', 2, { kind: 'done' })
    meter.count('epaxos.answers', 1, { kind: 'threw' })
    meter.count('epaxos.sent.bytes', 1500)
    expect(await one.metrics()).toEqual({
      'epaxos.answers': { unit: '', points: { done: 3, threw: 1 } },
      'epaxos.sent.bytes': { unit: 'By', points: { '': 1500 } },
    })
  })

  it('keeps durations as a histogram of milliseconds', async () => {
    const one = collect()
    const meter = meterOf(one.provider.getMeter('epaxos'))
    for (const ms of [3, 40, 5]) meter.time('epaxos.write.time', ms)
    expect(await one.metrics()).toEqual({ 'epaxos.write.time': { unit: 'ms', points: { '': 3 } } })
  })
})

describe('the logger', () => {
  it('makes events of what is said, and marks the span as failed by an error', () => {
    const kept = new KeptSpan()
    const logger = loggerOf(kept.span)
    logger.warn('the link is reconnecting', { reason: 'relay-unreachable' })
    expect(kept.status.code).toBe(SpanStatusCode.UNSET)
    logger.error('the storage has failed', { reason: 'full' })
    expect(kept.events).toEqual([
      ['the link is reconnecting', { reason: 'relay-unreachable', severity: 'warn' }],
      ['the storage has failed', { reason: 'full', severity: 'error' }],
    ])
    expect(kept.status.code).toBe(SpanStatusCode.ERROR)
  })
})

it('a room reports what it does', async () => {
  const one = collect()
  const kept = new KeptSpan()
  const state = defineState({
    version: 1,
    mutators: {
      rename: { touches: (_: { name: string }) => [write('name')], run: (tx, { name }) => tx.set('name', name) },
    },
  })
  const room = await createRoom({
    state,
    storage: memory(),
    transport: localNetwork().transport,
    meter: meterOf(one.provider.getMeter('epaxos')),
    logger: loggerOf(kept.span),
  })
  await room.mutate.rename({ name: 'Ada' })
  await room.mutate.rename({ name: 'Grace' })
  await room.close()
  const metrics = await one.metrics()
  expect(metrics['epaxos.proposals']?.points).toEqual({ '': 2 })
  expect(metrics['epaxos.answers']?.points).toEqual({ done: 2 })
  expect(metrics['epaxos.answer.time']).toEqual({ unit: 'ms', points: { done: 2 } })
  expect(metrics['epaxos.commits']?.points).toEqual({ fast: 2 })
  expect(kept.events.map(([name]) => name)).toContain('the replica is voter')
  expect(kept.events.at(-1)?.[0]).toBe('the replica is closed')
})
