import type { StorageFactory } from '../storage/index.js'
import { mustBe } from './contract-broken.js'
import type { ContractCase } from './contract-case.js'
import { randomName } from './random-name.js'
import { compaction } from './storage/compaction.js'
import { durableStorage } from './storage/durable.js'
import { afterRefusal, everyStorage } from './storage/every.js'
import { Ground, type StorageCase } from './storage/ground.js'
import { holding } from './storage/holding.js'
import { durableKeys, keys } from './storage/keys.js'
import { proposals } from './storage/proposals.js'
import { quarantine } from './storage/quarantine.js'

export interface StorageContractOptions {
  /** Whether what is written outlives the process: then that is tried, too. Default: true. */
  readonly durable?: boolean
}

const durableCases: readonly StorageCase[] = [
  ...durableStorage,
  ...compaction,
  ...proposals,
  ...durableKeys,
  ...quarantine,
  ...holding,
  ...afterRefusal,
]

/**
 * What every storage has to do, as cases for any test framework. Each works in a room of its own, with a random name, and
 * leaves behind what it has written there.
 *
 *     for (const { name, run } of storageContract(() => myStorage('/tmp/tests'))) test(name, run)
 *
 * @param open makes the adapter, on the same place at every call: it is called again for each process that a case plays
 */
export const storageContract = (
  open: () => StorageFactory,
  { durable = true }: StorageContractOptions = {},
): readonly ContractCase[] => {
  const saysSo: StorageCase = {
    name: `it says that it is ${durable ? '' : 'not '}durable`,
    run: async (ground) => mustBe(ground.factory().durable, durable, 'what `durable` says'),
  }
  const cases = [saysSo, ...everyStorage, ...keys, ...(durable ? durableCases : [])]
  return cases.map(({ name, run }) => ({ name, run: () => run(new Ground(open, randomName())) }))
}
