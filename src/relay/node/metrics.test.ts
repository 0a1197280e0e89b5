import { expect, test } from 'vitest'
import { exposition, Histogram } from './metrics.js'

test('a metric has its help, its type, and a line for each of its samples', () => {
  expect(
    exposition([
      { name: 'sockets', help: 'Connected now.', type: 'gauge', samples: [{ value: 3 }] },
      {
        name: 'closed_total',
        help: 'By reason.',
        type: 'counter',
        samples: [
          { labels: { reason: 'rate' }, value: 1 },
          { labels: { reason: 'origin', page: 'a' }, value: 0.5 },
        ],
      },
    ]),
  ).toBe(`# HELP sockets Connected now.
# TYPE sockets gauge
sockets 3
# HELP closed_total By reason.
# TYPE closed_total counter
closed_total{reason="rate"} 1
closed_total{reason="origin",page="a"} 0.5
`)
})

test('what would end a value or a line is escaped', () => {
  const samples = [{ labels: { text: 'a "b" \\ c\nd' }, value: 1 }]
  expect(exposition([{ name: 'x', help: 'one \\ two\nthree', type: 'gauge', samples }])).toBe(
    '# HELP x one \\\\ two\\nthree\n# TYPE x gauge\nx{text="a \\"b\\" \\\\ c\\nd"} 1\n',
  )
})

test('a histogram counts up to each bound, bounds included, and all of them in the end', () => {
  const histogram = new Histogram([0.1, 1])
  for (const value of [0, 0.1, 0.5, 1, 7]) histogram.observe(value)
  expect(
    exposition([{ name: 'lag_seconds', help: 'Late.', type: 'histogram', histogram }]),
  ).toBe(`# HELP lag_seconds Late.
# TYPE lag_seconds histogram
lag_seconds_bucket{le="0.1"} 2
lag_seconds_bucket{le="1"} 4
lag_seconds_bucket{le="+Inf"} 5
lag_seconds_sum 8.6
lag_seconds_count 5
`)
})
