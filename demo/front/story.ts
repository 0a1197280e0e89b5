import { write } from 'epaxos/core'
import type { LabAction, LabSetup, LabStep } from 'epaxos/sim'

/** A short run that shows what it is all about: nothing in the way, something in the way, and a loss. */
export const SETUP: LabSetup = {
  seed: 3,
  voters: 3,
  net: { kind: 'even', delayMs: 50 },
  jitter: 0.3,
  writeMs: 2,
  thrifty: false,
}

const propose = (replica: number, name: string, key: string): LabAction => ({
  kind: 'propose',
  replica,
  name,
  spans: [write(key)],
})

export const STEPS: readonly LabStep[] = [
  { atMs: 60, action: propose(0, 'seat1', 'seat/1') },
  { atMs: 110, action: propose(2, 'seat2', 'seat/2') },
  { atMs: 460, action: propose(0, 'Ada', 'seat/7') },
  { atMs: 470, action: propose(2, 'Bob', 'seat/7') },
  { atMs: 1000, action: { kind: 'crash', replica: 1 } },
  { atMs: 1060, action: propose(2, 'seat3', 'seat/3') },
]

export const END_MS = 1500

/** Where the picture stands still, for who wants nothing to move: all that is told has happened, and is in view. */
export const STILL_MS = 760

/** What happens from when on, in words. */
export const CAPTIONS: readonly { readonly fromMs: number; readonly text: string }[] = [
  { fromMs: 0, text: 'Three computers, R0 to R2, hold the same seat map. Each may change it.' },
  { fromMs: 60, text: 'R0 takes seat 1 and R2 takes seat 2. Nothing is in the way: one round of messages each.' },
  { fromMs: 460, text: 'Now R0 and R2 want seat 7 at the same moment, and learn of each other on the way.' },
  { fromMs: 640, text: 'The arrows below settle who is first. Everybody has the same arrows, and so the same order.' },
  { fromMs: 1000, text: 'R1 fails. Nobody has led, so nobody has to be replaced: the two others just go on.' },
]

/** @param atMs not before the first */
export const captionAt = (atMs: number): string => CAPTIONS.findLast(({ fromMs }) => fromMs <= atMs)?.text ?? ''
