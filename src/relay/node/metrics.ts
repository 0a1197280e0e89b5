/** One number, and by which labels it differs from the others of its name. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** What is measured under one name. */
export interface Metric {
  /** `[a-zA-Z_:][a-zA-Z0-9_:]*`, with its unit; a counter's ends in `_total`. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly samples: readonly Sample[]
}

/** What is measured again and again, by how much it was. */
export interface HistogramMetric {
  readonly name: string
  readonly help: string
  readonly type: 'histogram'
  readonly histogram: Histogram
}

/** How often something was at most so large. */
export class Histogram {
  /** Ascending. */
  readonly bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0
  #count = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  observe(value: number): void {
    this.#sum += value
    this.#count++
    const at = this.bounds.findIndex((bound) => value <= bound)
    if (at >= 0) this.#counts[at] = (this.#counts[at] ?? 0) + 1
  }

  get sum(): number {
    return this.#sum
  }

  get count(): number {
    return this.#count
  }

  /** For each bound, how many were at most that. */
  cumulative(): readonly number[] {
    let count = 0
    return this.#counts.map((more) => {
      count += more
      return count
    })
  }
}

/** The media type of `exposition`. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The text format 0.0.4 of Prometheus. */
export const exposition = (metrics: readonly (Metric | HistogramMetric)[]): string =>
  metrics
    .flatMap((metric) => [
      `# HELP ${metric.name} ${metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...(metric.type === 'histogram'
        ? histogramLines(metric)
        : metric.samples.map((sample) => line(metric.name, sample))),
    ])
    .map((text) => `${text}\n`)
    .join('')

const histogramLines = ({ name, histogram }: HistogramMetric): readonly string[] => {
  const cumulative = histogram.cumulative()
  return [
    ...histogram.bounds.map((bound, at) =>
      line(`${name}_bucket`, { labels: { le: String(bound) }, value: cumulative[at] ?? 0 }),
    ),
    line(`${name}_bucket`, { labels: { le: '+Inf' }, value: histogram.count }),
    line(`${name}_sum`, { value: histogram.sum }),
    line(`${name}_count`, { value: histogram.count }),
  ]
}

const line = (name: string, { labels = {}, value }: Sample): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
