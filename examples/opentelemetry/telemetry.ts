import {
  type Attributes,
  type Counter,
  type Histogram,
  type Meter as OpenTelemetryMeter,
  type Span,
  SpanStatusCode,
} from '@opentelemetry/api'
import type { LogFields, Logger, Meter } from 'epaxos'

/** A room's counters as counters, its durations as histograms of milliseconds. Instruments are made when first used. */
export const meterOf = (meter: OpenTelemetryMeter): Meter => {
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const counterOf = (name: string): Counter => {
    const counter = counters.get(name) ?? meter.createCounter(name, name.endsWith('.bytes') ? { unit: 'By' } : {})
    counters.set(name, counter)
    return counter
  }
  const histogramOf = (name: string): Histogram => {
    const histogram = histograms.get(name) ?? meter.createHistogram(name, { unit: 'ms' })
    histograms.set(name, histogram)
    return histogram
  }
  return {
    count: (name, amount, fields) => counterOf(name).add(amount, attributesOf(fields)),
    time: (name, ms, fields) => histogramOf(name).record(ms, attributesOf(fields)),
  }
}

/**
 * What a room says, as events of a span: the API has no logs. Begin the span when you open the room, and end it when you
 * have closed it. An error marks it as failed.
 */
export const loggerOf = (span: Span): Logger => {
  const say =
    (severity: string) =>
    (message: string, fields?: LogFields): void => {
      span.addEvent(message, { ...attributesOf(fields), severity })
    }
  const fail = say('error')
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: (message, fields) => {
      fail(message, fields)
      span.setStatus({ code: SpanStatusCode.ERROR, message })
    },
  }
}

const attributesOf = (fields: LogFields = {}): Attributes => fields
