/**
 * Measured round trips between five regions, in milliseconds: means of pings. AWS, 13 Feb 2021, the five sites of the
 * Tempo paper (EuroSys 2021); data set published with the fantoch framework.
 */
export const awsRoundTripMs = {
  'ap-southeast-1': {
    'ap-southeast-1': 0.1,
    'ca-central-1': 206.0,
    'eu-west-1': 175.7,
    'sa-east-1': 321.1,
    'us-west-1': 173.0,
  },
  'ca-central-1': {
    'ap-southeast-1': 206.0,
    'ca-central-1': 0.1,
    'eu-west-1': 72.2,
    'sa-east-1': 124.3,
    'us-west-1': 78.6,
  },
  'eu-west-1': {
    'ap-southeast-1': 175.7,
    'ca-central-1': 72.2,
    'eu-west-1': 0.1,
    'sa-east-1': 180.6,
    'us-west-1': 135.9,
  },
  'sa-east-1': {
    'ap-southeast-1': 321.1,
    'ca-central-1': 124.3,
    'eu-west-1': 180.6,
    'sa-east-1': 0.1,
    'us-west-1': 173.2,
  },
  'us-west-1': {
    'ap-southeast-1': 173.0,
    'ca-central-1': 78.6,
    'eu-west-1': 135.9,
    'sa-east-1': 173.2,
    'us-west-1': 0.1,
  },
} as const

export type AwsRegion = keyof typeof awsRoundTripMs

export const awsRegions: readonly AwsRegion[] = [
  'ap-southeast-1',
  'ca-central-1',
  'eu-west-1',
  'sa-east-1',
  'us-west-1',
]
