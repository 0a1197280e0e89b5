import { describe, expect, it } from 'vitest'
import { type Command, write } from '../core/index.js'
import { ExactlyOnce, sessionId } from '../state/index.js'
import { ExecutionThrew, OutcomeUnknown, SessionExpired } from './index.js'
import { Pending } from './pending.js'

/** Proposals, and the commands they became, at a replica that has executed some sweeps. */
class Client {
  sweeps = 0
  readonly pending: Pending
  readonly commands: Command[] = []

  constructor(sweeps: () => number = () => this.sweeps) {
    this.pending = new Pending(sweeps)
  }

  propose(): Promise<unknown> {
    return this.pending.open({ spans: [write('k')], payload: new Uint8Array() }, (command) =>
      this.commands.push(command),
    )
  }

  /** The so-manyth command that was proposed, from 0. */
  command(index: number): Command {
    const command = this.commands[index]
    if (command === undefined) throw new Error(`there is no command ${index} yet`)
    return command
  }

  done(index: number, result: number): void {
    this.pending.settle(this.command(index), { kind: 'done', result })
  }
}

const numbers = ({ commands }: Client) => commands.map(({ sequence, acknowledged }) => [sequence, acknowledged])

describe('pending proposals', () => {
  it('acknowledge all below the lowest that was not answered', async () => {
    const client = new Client()
    const answers = [client.propose(), client.propose(), client.propose()]
    client.done(1, 11)
    answers.push(client.propose())
    client.done(0, 10)
    answers.push(client.propose())
    client.done(2, 12)
    client.done(3, 13)
    client.done(4, 14)
    answers.push(client.propose())
    client.done(5, 15)
    expect(numbers(client)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [5, 2],
      [6, 5],
    ])
    expect(await Promise.all(answers)).toEqual([10, 11, 12, 13, 14, 15])
    expect(new Set(client.commands.map(({ session }) => session)).size).toBe(1)
  })

  it('count what could not be proposed as answered: nobody will ever execute it', async () => {
    const client = new Client()
    const full = new Error('no room')
    const refused = client.pending.open({ spans: [], payload: new Uint8Array() }, () => {
      throw full
    })
    await expect(refused).rejects.toBe(full)
    void client.propose()
    expect(numbers(client)).toEqual([[2, 1]])
    expect(client.pending.size).toBe(1)
  })

  it('take the first outcome of a command that is executed, or refused, again', async () => {
    const client = new Client()
    const answer = client.propose()
    client.done(0, 1)
    client.done(0, 2)
    client.pending.settle(client.command(0), { kind: 'acknowledged' })
    client.pending.settle(client.command(0), { kind: 'expired' })
    expect(await answer).toBe(1)
    expect(client.pending.size).toBe(0)
  })

  it('begin a new session when five sweeps have passed; what is under way stays in the old one', async () => {
    const client = new Client()
    client.sweeps = 3
    const first = client.propose()
    client.sweeps = 7
    const second = client.propose()
    client.sweeps = 8
    const third = client.propose()
    expect(numbers(client)).toEqual([
      [1, 0],
      [2, 0],
      [1, 0],
    ])
    const births = client.commands.map(({ session }) => Number.parseInt(session.slice(0, 8), 16))
    expect(births).toEqual([3, 3, 8])
    expect(client.command(1).session).toBe(client.command(0).session)
    expect(client.pending.size).toBe(3)
    client.done(2, 12)
    client.done(1, 11)
    client.done(0, 10)
    expect(await Promise.all([first, second, third])).toEqual([10, 11, 12])
    // Nothing comes back to the old one.
    client.done(0, 20)
    expect(client.pending.size).toBe(0)
  })

  it('say what the state machine threw', async () => {
    const client = new Client()
    const threw = client.propose()
    client.pending.settle(client.command(0), { kind: 'threw', message: 'one is too many' })
    await expect(threw).rejects.toEqual(new ExecutionThrew('one is too many'))
  })

  it('go again, by themselves, when their replica had been away for so long that their session was never known', async () => {
    const applied: Command[] = []
    const state = new ExactlyOnce(
      { apply: (command) => applied.push(command), snapshot: () => [], restore: () => {} },
      { sweepAfter: 1 },
    )
    const execute = (command: Command) => state.execute({ kind: 'commands', commands: [command] })
    const client = new Client(() => state.sweeps)
    const answers = [client.propose(), client.propose()]
    // Now it catches up: others have proposed, and swept, nine times.
    for (let sweep = 1; sweep <= 9; sweep++) {
      execute({ ...client.command(0), session: sessionId(state.sweeps, () => 0.5) })
      state.execute({ kind: 'sweep', payload: state.sweepDue() as Uint8Array })
      expect(state.sweeps).toBe(sweep)
    }
    applied.length = 0
    for (let index = 0; index < 4; index++) {
      for (const { command, outcome } of execute(client.command(index))) client.pending.settle(command, outcome)
    }
    expect(await Promise.all(answers)).toEqual([1, 2])
    expect(numbers(client)).toEqual([
      [1, 0],
      [2, 0],
      [1, 0],
      [2, 0],
    ])
    expect(applied).toEqual(client.commands.slice(2))
  })

  it('say that neither attempt has executed when the second one came too late as well', async () => {
    const client = new Client()
    const answer = client.propose()
    client.pending.settle(client.command(0), { kind: 'expired' })
    expect(client.pending.size).toBe(1)
    client.pending.settle(client.command(1), { kind: 'expired' })
    await expect(answer).rejects.toThrow(SessionExpired)
    await expect(answer).rejects.toThrow('did not execute')
    expect(client.commands).toHaveLength(2)
    expect(client.pending.size).toBe(0)
  })

  it('say that nothing is known of what may have been executed in a state that has come whole [H9]', async () => {
    const client = new Client()
    const answers = [client.propose(), client.propose()]
    client.pending.skipped()
    client.done(0, 1)
    client.pending.settle(client.command(1), { kind: 'expired' })
    expect(await answers[0]).toBe(1)
    await expect(answers[1]).rejects.toThrow(OutcomeUnknown)
    expect(client.commands).toHaveLength(2)
  })

  it('reject all at the end, in whichever session', async () => {
    const client = new Client()
    const answers = [client.propose()]
    client.sweeps = 9
    answers.push(client.propose())
    client.pending.failed(new OutcomeUnknown('closed'))
    for (const answer of answers) await expect(answer).rejects.toThrow(OutcomeUnknown)
    expect(client.pending.size).toBe(0)
  })

  it('leave the commands of other sessions alone', async () => {
    const client = new Client()
    void client.propose()
    client.pending.settle({ ...client.command(0), session: 'f'.repeat(32) }, { kind: 'done', result: 1 })
    expect(client.pending.size).toBe(1)
  })
})
