import type { InstanceId } from 'epaxos/core'
import type { Chronicle, Flight, Happening } from 'epaxos/sim'
import type { Until } from './chapter.js'

// What the end of a beat may be. An instance is written '0.1'; no chapter has the same one in two epochs.

/** So much virtual time after its beginning. */
export const passed =
  (ms: number): Until =>
  (_run, nowMs, fromMs) =>
    nowMs >= fromMs + ms

export const all =
  (...ends: readonly Until[]): Until =>
  (run, nowMs, fromMs) =>
    ends.every((end) => end(run, nowMs, fromMs))

const isAt = (key: string, instance: InstanceId | undefined): boolean =>
  instance !== undefined && key === `${instance.slot}.${instance.number}`

const happened = (run: Chronicle, wanted: (each: Happening) => boolean): boolean => run.happenings.some(wanted)

/** A replica knows that it is decided. */
export const committed =
  (key: string, ...replicas: readonly number[]): Until =>
  (run) =>
    replicas.every((replica) =>
      happened(run, (each) => each.kind === 'committed' && each.replica === replica && isAt(key, each.instance)),
    )

/** A replica's state has it. */
export const executed =
  (key: string, ...replicas: readonly number[]): Until =>
  (run) =>
    replicas.every((replica) =>
      happened(run, (each) => each.kind === 'executed' && each.replica === replica && isAt(key, each.instance)),
    )

/** A recovery has come to this decision, anywhere. */
export const ruled =
  (key: string, rule: string): Until =>
  (run) =>
    happened(run, (each) => each.kind === 'recovery' && each.rule === rule && isAt(key, each.instance))

export const entered =
  (epoch: number, ...replicas: readonly number[]): Until =>
  (run) =>
    replicas.every((replica) =>
      happened(run, (each) => each.kind === 'entered' && each.epoch === epoch && each.replica === replica),
    )

export const installed =
  (replica: number): Until =>
  (run) =>
    happened(run, (each) => each.kind === 'installed' && each.replica === replica)

const flew = (run: Chronicle, kind: Flight['kind'], key: string, wanted: (flight: Flight) => boolean): boolean =>
  run.flights.some((flight) => flight.kind === kind && isAt(key, flight.instance) && wanted(flight))

/** It has left its sender. */
export const sent =
  (kind: Flight['kind'], key: string): Until =>
  (run) =>
    flew(run, kind, key, () => true)

export const arrived =
  (kind: Flight['kind'], key: string, ...replicas: readonly number[]): Until =>
  (run, nowMs) =>
    replicas.every((to) =>
      flew(run, kind, key, (each) => each.to === to && each.fate === 'arrived' && each.endMs <= nowMs),
    )

/** It came to a replica that was down. */
export const missed =
  (kind: Flight['kind'], key: string, to: number): Until =>
  (run, nowMs) =>
    flew(run, kind, key, (each) => each.to === to && each.fate === 'missed' && each.endMs <= nowMs)
