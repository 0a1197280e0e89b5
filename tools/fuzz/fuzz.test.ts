import { describe, expect, it } from 'vitest'
import { campaign, MOST_MS } from './campaign.js'
import { targets } from './list.js'
import type { Target } from './target.js'

/** Together, in seconds; `npm run fuzz` gives them ten million. */
const INPUTS = 100_000
const SEED = 1

const shares = targets.reduce((sum, { share }) => sum + share, 0)

describe('hostile bytes', () => {
  it.each(targets)('are taken or refused, and nothing else: $name', async (target) => {
    const { find, slowestMs } = await campaign(target, Math.ceil((INPUTS * target.share) / shares), SEED, undefined)
    expect(find).toBeUndefined()
    expect(slowestMs).toBeLessThan(MOST_MS)
  })
})

const never = (): never => {
  throw new TypeError('this is what nobody expects')
}

const found = async (subject: Target['subject']): Promise<string | undefined> => {
  const target: Target = { name: 'test', share: 1, source: () => (dice) => dice.bytes(4), subject }
  return (await campaign(target, 1000, SEED, undefined)).find?.what
}

describe('a campaign', () => {
  it('has each input made in the same way from the same seed, and in another from another', async () => {
    const inputsOf = async (seed: number): Promise<readonly string[]> => {
      const inputs: string[] = []
      const target: Target = {
        ...{ name: 'test', share: 1, source: () => (dice) => dice.bytes(4) },
        subject: () => (input) => {
          inputs.push(input.join())
        },
      }
      await campaign(target, 100, seed, undefined)
      return inputs
    }
    expect(await inputsOf(1)).toEqual(await inputsOf(1))
    expect(await inputsOf(1)).not.toEqual(await inputsOf(2))
  })

  it('finds what throws, at once and later', async () => {
    expect(await found(() => (input) => ((input[0] ?? 0) > 250 ? never() : undefined))).toContain('nobody expects')
    expect(await found(() => async (input) => ((input[0] ?? 0) > 250 ? never() : undefined))).toContain(
      'nobody expects',
    )
  })

  it('finds what takes long', async () => {
    const subject = () => (input: Uint8Array) => {
      if ((input[0] ?? 0) < 250) return
      const before = process.cpuUsage()
      for (let usedMs = 0; usedMs < 2 * MOST_MS; ) {
        const { user, system } = process.cpuUsage(before)
        usedMs = (user + system) / 1000
      }
    }
    expect(await found(subject)).toMatch(/^it took \d+ ms$/)
  })
})
