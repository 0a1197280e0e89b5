import type { Configuration, GroupId, Message, Replica, ReplicaId } from '../../core/index.js'
import type { AwsRegion } from '../aws.js'
import type { LabSetup } from './contract.js'
import type { LabJury } from './jury.js'
import type { Recording } from './recording.js'
import type { Timetable } from './timetable.js'

/** What all members of a run share. */
export interface Scene {
  readonly setup: LabSetup
  readonly timetable: Timetable
  readonly recording: Recording
  readonly jury: LabJury
  readonly Replica: typeof Replica
  /** The first one. */
  readonly configuration: Configuration
  send(from: number, to: number, message: Message): void
  /** Asks for a snapshot: of this member, or else of the nearest. It may come some time. @returns how long to wait for it, in milliseconds */
  askForSnapshot(to: number, of: number | undefined): number
  city(of: number): AwsRegion | undefined
  /** The others, the nearest first; undefined where all are equally near. */
  preference(of: number): readonly number[] | undefined
}

export const GROUP: GroupId = '9'.repeat(32)

/** Ids are in the order of numbers: there are 16. */
export const idOf = (replica: number): ReplicaId => replica.toString(16).repeat(32)

export const numberOf = (id: ReplicaId): number => Number.parseInt(id.slice(0, 1), 16)

/** The epoch of this number, with these voters. */
export const configurationOf = (number: number, voters: readonly number[]): Configuration => ({
  number,
  voters: voters.map(idOf).sort(),
  wireVersion: 1,
  stateVersion: 1,
})
