import { CLOSE_CODES, type CloseReason } from '../../wire/index.js'
import type { RelayCounters } from '../counters.js'
import type { Histogram, HistogramMetric, Metric, Sample } from './metrics.js'
import type { ElsewhereCounters } from './options.js'

/** What a relay in a process of Node has to tell. */
export interface Measured {
  readonly counters: RelayCounters
  readonly isDraining: boolean
  /** That it did not answer since it drains. */
  readonly upgradesRefused: number
  /** In seconds. */
  readonly lag: Histogram
  readonly elsewhere: ElsewhereCounters | undefined
}

/** See docs/relay.md for what they mean. */
export const relayMetrics = ({
  counters,
  isDraining,
  upgradesRefused,
  lag,
  elsewhere,
}: Measured): readonly (Metric | HistogramMetric)[] => [
  gauge('epaxos_relay_sockets', 'Connected now, joined or not.', counters.sockets),
  gauge('epaxos_relay_rooms', 'Rooms in which somebody sits here.', counters.rooms),
  gauge('epaxos_relay_draining', '1 while it takes no new sockets.', Number(isDraining)),
  counter('epaxos_relay_joins_total', 'How often a seat was taken.', counters.joins),
  directed('epaxos_relay_frames_total', 'Frames of sockets.', counters.framesReceived, counters.framesSent),
  directed('epaxos_relay_bytes_total', 'Bytes of these frames.', counters.bytesReceived, counters.bytesSent),
  counter('epaxos_relay_frames_forwarded_total', 'Once for each receiver.', counters.framesForwarded),
  counter('epaxos_relay_frames_undeliverable_total', 'To peers that were not there.', counters.framesUndeliverable),
  counter('epaxos_relay_frames_dropped_total', 'To peers that read too slowly.', counters.framesDropped),
  {
    name: 'epaxos_relay_closed_total',
    help: 'Sockets that the relay closed, by reason.',
    type: 'counter',
    // Of all reasons from the start: a rate needs the zero before the first.
    samples: REASONS.map((reason) => ({ labels: { reason }, value: counters.closed[reason] ?? 0 })),
  },
  counter('epaxos_relay_upgrades_refused_total', 'Connections refused while draining.', upgradesRefused),
  ...(elsewhere === undefined ? [] : elsewhereMetrics(elsewhere)),
  {
    name: 'epaxos_relay_event_loop_lag_seconds',
    help: 'How late a timer was.',
    type: 'histogram',
    histogram: lag,
  },
  ...processMetrics(),
]

const REASONS = Object.keys(CLOSE_CODES) as CloseReason[]

const elsewhereMetrics = (elsewhere: ElsewhereCounters): readonly Metric[] => [
  gauge('epaxos_relay_service_up', '1 while the other relays can be reached.', Number(elsewhere.up)),
  gauge('epaxos_relay_service_relays', 'Other relays that were heard from lately.', elsewhere.relays),
  counter('epaxos_relay_service_published_total', 'Messages to other relays.', elsewhere.published),
  counter('epaxos_relay_service_received_total', 'Messages of other relays.', elsewhere.received),
  counter('epaxos_relay_service_dropped_total', 'Messages that could not be published.', elsewhere.dropped),
  counter('epaxos_relay_service_malformed_total', 'Messages that are none.', elsewhere.malformed),
  counter('epaxos_relay_service_unplaced_total', 'Frames of senders unknown at their relay.', elsewhere.unplaced),
]

/** Under the names that everybody uses for them. */
const processMetrics = (): readonly Metric[] => {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    gauge('process_resident_memory_bytes', 'Resident memory.', rss),
    gauge('process_heap_bytes', 'Memory of JavaScript objects.', heapUsed),
    counter('process_cpu_seconds_total', 'Processor time.', (user + system) / 1e6),
    gauge('process_start_time_seconds', 'When it started, since 1970.', Date.now() / 1000 - process.uptime()),
  ]
}

const gauge = (name: string, help: string, value: number): Metric => metric(name, help, 'gauge', [{ value }])

const counter = (name: string, help: string, value: number): Metric => metric(name, help, 'counter', [{ value }])

const directed = (name: string, help: string, received: number, sent: number): Metric =>
  metric(name, help, 'counter', [
    { labels: { direction: 'in' }, value: received },
    { labels: { direction: 'out' }, value: sent },
  ])

const metric = (name: string, help: string, type: Metric['type'], samples: readonly Sample[]): Metric => ({
  name,
  help,
  type,
  samples,
})
