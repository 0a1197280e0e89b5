import { describe, expect, it } from 'vitest'
import { EpaxosError, write } from '../core/index.js'
import { command, session } from './arbitraries.js'
import { defineState } from './define-state.js'
import { ExactlyOnce } from './exactly-once.js'
import { encodeJson } from './json.js'
import type { StateMachine } from './machine.js'
import { MigrationThrew, migrateMachine } from './migration.js'
import type { Tx, View } from './mutator.js'

const put = {
  touches: (_: { to: string | number }) => [write('name')],
  run: (tx: Tx, { to }: { to: string | number }) => {
    tx.set('name', to)
  },
}

/** Version 2 remembers that it was migrated; version 3 writes the name in capitals, and has not thought of numbers. */
const named = defineState({
  version: 3,
  mutators: { put },
  migrations: {
    2: (tx) => tx.set('migrated', true),
    3: (tx) => tx.set('name', (tx.get<string>('name') ?? '').toUpperCase()),
  },
})

const first = defineState({ version: 1, mutators: { put } })

/** Of version 1, with that name. */
const holding = (name: string | number): { readonly state: ExactlyOnce; readonly machine: StateMachine<View> } => {
  const before = new ExactlyOnce(first.create())
  const call = encodeJson(['put', [{ to: name }], 0, 0, ''])
  const put = { ...command(session(1), 1, [write('name')], ['get', 'name']), payload: call }
  before.execute({ kind: 'commands', commands: [put] })
  const machine = named.create()
  const state = new ExactlyOnce(machine, { versions: named.versions })
  state.restore([...before.snapshot()], 1)
  return { state, machine }
}

const thrown = (act: () => void): MigrationThrew => {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(MigrationThrew)
    return error as MigrationThrew
  }
  throw new Error('nothing was thrown')
}

describe('a migration', () => {
  it('is tried without a trace: the state stays what it is, as the version that it is', () => {
    const { state, machine } = holding('anna')
    const { value } = machine
    expect(state.faultOfMigration(3)).toBeUndefined()
    expect([state.stateVersion, machine.value]).toEqual([1, value])
    state.migrate(3)
    expect([...machine.value.scan()]).toEqual([
      ['migrated', true],
      ['name', 'ANNA'],
    ])
  })

  it('that would throw is found by trying it, and named by the version that it leads to', () => {
    const { state } = holding(5)
    expect(state.faultOfMigration(2)).toBeUndefined()
    const fault = state.faultOfMigration(3)
    expect(fault).toBeInstanceOf(EpaxosError)
    expect(fault).toMatchObject({ name: 'MigrationThrew', version: 3 })
    expect(fault?.message).toMatch(/^the migration to version 3 threw: .*toUpperCase is not a function.*: mend it/)
  })

  it('that throws changes nothing, and says which one it was', () => {
    const { state, machine } = holding(5)
    const error = thrown(() => state.migrate(3))
    expect(error).toEqual(state.faultOfMigration(3))
    expect(state.stateVersion).toBe(1)
    expect([...machine.value.scan()]).toEqual([['name', 5]])
  })

  it('that throws what has no text, or much of it, is told of in a bounded one', () => {
    const throwing = (what: unknown): StateMachine => {
      const machine: StateMachine = {
        ...named.create(),
        fork: () => machine,
        migrate: () => {
          throw what
        },
      }
      return machine
    }
    const textless = {
      toString() {
        throw new Error('no text')
      },
    }
    expect(thrown(() => migrateMachine(throwing(textless), 1, 2)).thrown).toBe('what was thrown has no text')
    expect(thrown(() => migrateMachine(throwing('x'.repeat(9999)), 1, 2)).thrown).toBe('x'.repeat(1024))
  })
})
