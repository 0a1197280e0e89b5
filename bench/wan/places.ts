import { quorumsOf } from 'epaxos/core'
import { type AwsRegion, awsRegions, awsRoundTripMs } from 'epaxos/sim'

/** Where voters are, one in each place, in the order of their slots. */
export type Places = readonly AwsRegion[]

export const five: Places = awsRegions
export const three: Places = ['ca-central-1', 'eu-west-1', 'us-west-1']

export const nameOf: Readonly<Record<AwsRegion, string>> = {
  'ap-southeast-1': 'Singapore',
  'ca-central-1': 'Canada',
  'eu-west-1': 'Ireland',
  'sa-east-1': 'São Paulo',
  'us-west-1': 'California',
}

/** Half a round trip, in milliseconds. */
export const wayMs = (places: Places, from: number, to: number): number =>
  awsRoundTripMs[places[from] as AwsRegion][places[to] as AwsRegion] / 2

/** Where nothing interferes: to the nearest fast quorum and back, and the writes on the way of a command. */
export const optimumMs = (places: Places, slot: number, writeMs: number): number => {
  const trips = places.map((_, to) => (to === slot ? 0 : 2 * wayMs(places, slot, to)))
  return (trips.toSorted((a, b) => a - b)[quorumsOf(places.length).fast - 1] as number) + 3 * writeMs
}
