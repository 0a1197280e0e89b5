import { type Span, write } from '../../core/index.js'
import { noise } from '../random.js'
import type { LabAction } from './contract.js'

type Burst = Extract<LabAction, { readonly kind: 'burst' }>

/** One command of a burst. */
export interface BurstWrite {
  readonly atMs: number
  readonly replica: number
  readonly name: string
  readonly spans: readonly Span[]
}

/** The key that the interfering share of every burst writes. */
export const HOT_KEY = 'hot'

/** Which draws of chance are a burst's. */
const BURSTS = 0xb5

/**
 * What a burst consists of. Whether a write interferes depends on the run and on the write's place in the burst alone.
 * @param sequence counts the writes of all bursts of the run: names, and the keys of writes that do not interfere, differ
 */
export const writesOf = (
  { replicas, count, everyMs, interference }: Burst,
  seed: number,
  fromMs: number,
  sequence: number,
): readonly BurstWrite[] =>
  Array.from({ length: count }, (_, i) => {
    const name = `b${sequence + i + 1}`
    const isHot = noise(seed, BURSTS, sequence + i) < interference
    return {
      atMs: fromMs + i * everyMs,
      replica: replicas[i % replicas.length] as number,
      name,
      spans: [write(isHot ? HOT_KEY : name)],
    }
  })
