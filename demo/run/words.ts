import type { AwsRegion, LabSession, MemberView } from 'epaxos/sim'

/** How the five measured places are called. */
export const cityNames: Readonly<Record<AwsRegion, string>> = {
  'ap-southeast-1': 'Singapore',
  'ca-central-1': 'Montreal',
  'eu-west-1': 'Ireland',
  'sa-east-1': 'São Paulo',
  'us-west-1': 'California',
}

export const cities: readonly AwsRegion[] = Object.keys(cityNames) as AwsRegion[]

export const replicaName = (replica: number): string => `R${replica}`

export const stateWords: Readonly<Record<MemberView['state'], string>> = {
  up: 'up',
  down: 'down',
  hidden: 'hidden tab',
  gone: 'gone for good',
  stopped: 'stopped by its own rules',
}

/** Virtual time, as finely as a step may be. */
export const inMs = (ms: number): string => `${exactMs.format(ms)} ms`
const exactMs = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 })

/** Members that are there at the moment that is looked at. */
export const membersOf = ({ world, positionMs }: LabSession): readonly MemberView[] =>
  world.chronicle.members(positionMs)

/** Those that may propose: voters that can be reached. */
export const proposers = (session: LabSession): readonly MemberView[] =>
  membersOf(session).filter(({ role, state }) => role === 'voter' && (state === 'up' || state === 'hidden'))
