import type { AxisName } from './step.js'

/** What is varied, and how far. */
export interface Axis {
  readonly name: AxisName
  /** What is measured, for people. */
  readonly title: string
  readonly steps: readonly number[]
  readonly label: (step: number) => string
}

const count =
  (one: string, many: string): Axis['label'] =>
  (step) =>
    `${step} ${step === 1 ? one : many}`

const bytes = (step: number): string =>
  step < 1000 ? `${step} B` : step < 1e6 ? `${step / 1000} KB` : `${step / 1e6} MB`
const megabytes = (step: number): string => `${step} MB`

/** CPU time, of all replicas together unless it says otherwise. */
export const axes: readonly Axis[] = [
  {
    name: 'observers',
    title: 'command, by observers',
    steps: [1, 10, 50, 200],
    label: count('observer', 'observers'),
  },
  { name: 'voters', title: 'command, by voters', steps: [1, 3, 5, 7, 9], label: count('voter', 'voters') },
  {
    name: 'keys',
    title: 'command, by keys in the conflict index',
    steps: [1, 1000, 100_000, 1_000_000],
    label: count('key', 'keys'),
  },
  {
    name: 'map',
    title: 'set, by keys in a replicated map, at one replica',
    steps: [1, 1000, 100_000, 1_000_000],
    label: count('key', 'keys'),
  },
  {
    name: 'ranges',
    title: 'command, by how many read 100 of 100000 keys',
    steps: [0, 1, 10],
    label: (percent) => `${percent} % ranges`,
  },
  {
    name: 'window',
    title: 'command, by commands on their way',
    steps: [1, 10, 100, 1000, 10_000],
    label: (step) => `${step} on their way`,
  },
  {
    name: 'values',
    title: 'command in three rooms, by size of the value',
    steps: [16, 1000, 64_000, 1_000_000],
    label: bytes,
  },
  {
    name: 'snapshot',
    title: 'snapshot of a replicated map',
    steps: [1, 10, 100],
    label: megabytes,
  },
  {
    name: 'arrival',
    title: 'newcomer that is sent a snapshot',
    steps: [1, 10, 100],
    label: megabytes,
  },
]
