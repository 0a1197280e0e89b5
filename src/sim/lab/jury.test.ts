import { describe, expect, it } from 'vitest'
import {
  type Command,
  type InstanceId,
  NOOP,
  type Proposed,
  read,
  readRange,
  type Span,
  write,
  writeRange,
} from '../../core/index.js'
import { LabJury } from './jury.js'
import { nameOfCommand } from './mailed.js'
import { Registers } from './registers.js'

let sequence = 0

const command = (name: string, ...spans: Span[]): Command => ({
  spans,
  payload: Uint8Array.from(name, (letter) => letter.charCodeAt(0)),
  session: '0'.repeat(32),
  sequence: ++sequence,
  acknowledged: 0,
  after: [],
})

const value = (name: string, ...spans: Span[]): Proposed => ({ kind: 'commands', commands: [command(name, ...spans)] })

const seal = (number: number): Proposed => ({
  kind: 'seal',
  next: { number, voters: ['0'.repeat(32)], wireVersion: 1, stateVersion: 1 },
})

const id = (name: string): InstanceId => {
  const [slot, number] = name.split('.').map(Number)
  return { slot: slot ?? 0, number: number ?? 0 }
}

/** What has been found, check by check. */
const found = (jury: LabJury): string[] => jury.findings.map(({ check, atMs, says }) => `${check} ${atMs}: ${says}`)

describe('the jury of a run, about commits', () => {
  it('finds an instance that is committed twice, with other values or other dependencies, once', () => {
    const jury = new LabJury()
    const a = value('a', write('k'))
    jury.committed(1, 0, 0, id('0.1'), a, [0, 0, 0])
    jury.committed(2, 1, 0, id('0.1'), a, [0, 0, 0])
    expect(found(jury)).toEqual([])
    jury.committed(3, 2, 0, id('0.1'), NOOP, [0, 0, 0])
    jury.committed(4, 1, 0, id('0.1'), a, [0, 1, 0])
    expect(found(jury)).toEqual(['agreement 3: 0.1 is committed as a {0,0,0} at R0, and as no-op {0,0,0} at R2'])
  })

  it('holds instances of one epoch against each other, not those of two', () => {
    const jury = new LabJury()
    jury.committed(1, 0, 0, id('0.1'), value('a', write('k')), [0, 0, 0])
    jury.committed(2, 0, 1, id('0.1'), value('b', write('k')), [0, 0, 0])
    jury.committed(3, 0, 1, id('1.1'), value('c', write('k')), [1, 0, 0])
    expect(found(jury)).toEqual([])
    jury.committed(4, 0, 1, id('2.1'), value('d', write('k')), [1, 0, 0])
    expect(found(jury)).toEqual([
      'visibility 4: 1.1 of epoch 1 c {1,0,0} and 2.1 d {1,0,0} interfere, and neither depends on the other',
    ])
  })

  it.each<[string, Proposed, Proposed]>([
    ['two writes of a key', value('a', write('k')), value('b', write('k'))],
    ['a write and a read of a key', value('a', write('k')), value('b', read('j'), read('k'))],
    ['a write and a range around it', value('a', write('k')), value('b', readRange('a', 'z'))],
    ['a range and a write in it', value('a', writeRange('a', 'z')), value('b', read('k'))],
    ['two ranges that overlap', value('a', writeRange('a', 'l')), value('b', readRange('k'))],
    ['a seal and whatever else', value('a', read('k')), seal(1)],
    ['whatever and a seal', seal(1), value('b')],
  ])('finds %s that miss each other', (_, a, b) => {
    const jury = new LabJury()
    jury.committed(1, 0, 0, id('0.1'), a, [0, 0])
    jury.committed(2, 0, 0, id('1.1'), b, [0, 0])
    jury.committed(3, 1, 0, id('1.1'), b, [0, 0])
    expect(jury.findings.map(({ check, atMs }) => [check, atMs])).toEqual([['visibility', 2]])
  })

  it.each<[string, Proposed | typeof NOOP, Proposed | typeof NOOP]>([
    ['two reads of a key', value('a', read('k')), value('b', read('k'))],
    ['a key and a range that ends at it', value('a', write('k')), value('b', writeRange('a', 'k'))],
    ['a no-op and whatever else', value('a', write('k')), NOOP],
    ['a range and a no-op before it', NOOP, value('b', writeRange('a', 'z'))],
  ])('finds nothing where %s miss each other', (_, a, b) => {
    const jury = new LabJury()
    jury.committed(1, 0, 0, id('0.1'), a, [0, 0])
    jury.committed(2, 0, 0, id('1.1'), b, [0, 0])
    expect(found(jury)).toEqual([])
  })

  it('finds nothing where at least one depends on the other', () => {
    const jury = new LabJury()
    jury.committed(1, 0, 0, id('0.1'), value('a', write('k')), [0, 1])
    jury.committed(2, 0, 0, id('1.1'), value('b', write('k')), [0, 0])
    jury.committed(3, 0, 0, id('1.2'), value('c', write('k')), [1, 1])
    expect(found(jury)).toEqual([])
  })

  it('says no more than twenty things of one kind', () => {
    const jury = new LabJury()
    for (let number = 1; number <= 30; number++) {
      jury.committed(1, 0, 0, { slot: number % 2, number }, value('a', write('k')), [0, 0])
    }
    expect(jury.findings).toHaveLength(20)
    for (let time = 1; time <= 2; time++) {
      for (let number = 1; number <= 30; number++) jury.executed(1, 0, 0, { slot: 0, number }, value('a', write('k')))
    }
    expect(jury.findings).toHaveLength(40)
  })
})

describe('the jury of a run, about executions', () => {
  const a = value('a', write('k'))
  const b = value('b', write('k'))
  const peek = value('p', read('k'))

  it('finds two writes of a key that two replicas execute in different orders, once', () => {
    const jury = new LabJury()
    jury.executed(1, 0, 0, id('0.1'), a)
    jury.executed(2, 0, 0, id('1.1'), b)
    jury.executed(3, 1, 0, id('1.1'), b)
    jury.executed(4, 1, 0, id('0.1'), a)
    expect(found(jury)).toEqual(['order 3: R1 executed b (1.1) after 0 writes of k, where R0 executed a (0.1)'])
  })

  it('finds a read that comes after more writes at one replica than at another', () => {
    const jury = new LabJury()
    jury.executed(1, 0, 0, id('0.1'), a)
    jury.executed(2, 0, 0, id('2.1'), peek)
    jury.executed(3, 1, 0, id('2.1'), peek)
    expect(found(jury)).toEqual(['order 3: R1 executed p (2.1) after 0 writes of k, and R0 after 1'])
  })

  it('finds what one replica executes twice', () => {
    const jury = new LabJury()
    jury.executed(1, 0, 0, id('0.1'), a)
    jury.executed(2, 0, 0, id('0.1'), a)
    expect(found(jury)).toEqual(['order 2: R0 executed a (0.1) twice'])
  })

  it('lets what does not interfere be executed in any order', () => {
    const jury = new LabJury()
    const other = value('c', write('j'))
    const reads = value('r', readRange('a', 'j'), read('k'))
    jury.executed(1, 0, 0, id('0.1'), other)
    jury.executed(2, 0, 0, id('1.1'), peek)
    jury.executed(3, 0, 0, id('2.1'), reads)
    jury.executed(4, 1, 0, id('2.1'), reads)
    jury.executed(5, 1, 0, id('1.1'), peek)
    jury.executed(6, 1, 0, id('0.1'), other)
    expect(found(jury)).toEqual([])
  })

  it.each<[string, Proposed, Proposed]>([
    ['ranges that overlap', value('a', writeRange('a', 'm')), value('b', writeRange('k', 'z'))],
    ['a range and a key in it that nobody named before', value('a', writeRange('a', 'm')), value('b', write('k'))],
    ['a key and a range around it', value('a', write('k')), value('b', readRange('a', 'm'))],
    ['a seal and a key', value('a', write('k')), seal(1)],
    ['what reads and writes a key', value('a', read('k'), write('k')), value('b', write('k'), read('k'))],
  ])('finds %s in different orders', (_, first, second) => {
    const jury = new LabJury()
    jury.executed(1, 0, 0, id('0.1'), first)
    jury.executed(2, 0, 0, id('1.1'), second)
    jury.executed(3, 1, 0, id('1.1'), second)
    jury.executed(4, 1, 0, id('0.1'), first)
    expect(jury.findings.map(({ check }) => check)).toEqual(['order'])
  })

  it('lets a new life begin from nothing, from an epoch, or from a snapshot', () => {
    const jury = new LabJury()
    const c = value('c', write('k'))
    jury.executed(1, 0, 0, id('0.1'), a)
    jury.executed(2, 0, 0, id('1.1'), b)
    jury.executed(3, 0, 0, id('0.2'), seal(1))
    jury.executed(4, 0, 1, id('0.1'), c)
    jury.began(0, 0)
    jury.executed(5, 0, 0, id('0.1'), a)
    jury.began(1, 1)
    jury.executed(6, 1, 1, id('0.1'), c)
    jury.began(2, 0, { frontier: [1, 0], beyond: [[], [1]] })
    jury.executed(7, 2, 0, id('0.2'), seal(1))
    jury.executed(8, 2, 1, id('0.1'), c)
    expect(found(jury)).toEqual([])
    jury.began(2, 0, { frontier: [1, 0], beyond: [[], []] })
    jury.executed(9, 2, 0, id('0.2'), seal(1))
    expect(found(jury)).toEqual(['order 9: R2 executed →1 (0.2) after 1 write of k, where R0 executed b (1.1)'])
  })
})

describe('the jury of a run, about answers', () => {
  const ask = (jury: LabJury, calledMs: number, returnedMs: number, one: Command, ...results: unknown[]): void => {
    jury.proposed(calledMs, one)
    jury.answered(returnedMs, one, results as never)
  }

  it('takes those that one map would have given', () => {
    const jury = new LabJury()
    ask(jury, 0, 5, command('a', write('k')), undefined)
    ask(jury, 1, 9, command('b', read('k')), 'a')
    ask(jury, 10, 11, command('c', write('j')), undefined)
    ask(jury, 12, 13, command('d', readRange('a')), [
      ['j', 'c'],
      ['k', 'a'],
    ])
    ask(jury, 14, 15, command('e', writeRange('k', 'z')), undefined)
    ask(jury, 16, 17, command('f', read('k'), read('j')), undefined, 'c')
    ask(jury, 18, 19, command('g', readRange('a', 'j')), [])
    expect(jury.linearizable()).toBe('yes')
    expect(found(jury)).toEqual([])
  })

  it('finds a read that missed what had been answered before it was asked, once', () => {
    const jury = new LabJury()
    ask(jury, 0, 5, command('a', write('k')), undefined)
    expect(jury.linearizable()).toBe('yes')
    ask(jury, 6, 9, command('b', read('k')), undefined)
    expect(jury.linearizable()).toBe('no')
    expect(jury.linearizable()).toBe('no')
    expect(found(jury)).toEqual(['linearizable 9: no order of the commands on k explains what b came to'])
  })

  it('finds a read that missed what had been answered within the same millisecond', () => {
    const jury = new LabJury()
    ask(jury, 0.1, 0.2, command('a', write('k')), undefined)
    ask(jury, 0.3, 0.4, command('b', read('k')), undefined)
    expect(jury.linearizable()).toBe('no')
  })

  it('judges anew whenever something was answered, and takes no later answer for a proof of earlier ones', () => {
    const jury = new LabJury()
    const [a, b, c] = [command('a', write('k')), command('b', read('k')), command('c', write('j'))]
    for (const [at, one] of [a, b, c].entries()) {
      jury.proposed(10 * at, one)
      jury.executed(10 * at + 1, 0, 0, { slot: 0, number: at + 1 }, { kind: 'commands', commands: [one] })
      expect(jury.linearizable()).toBe(one === c ? 'no' : 'yes')
      jury.answered(10 * at + 2, one, [undefined])
      expect(jury.linearizable()).toBe(one === a ? 'yes' : 'no')
    }
  })

  it('lets the order count in which commands were executed first, whoever executes them later', () => {
    const jury = new LabJury()
    const [a, b, late] = [command('a', write('k')), command('b', write('k')), command('c', read('k'))]
    const execute = (replica: number, one: Command, number: number): void =>
      jury.executed(1, replica, 0, { slot: 0, number }, { kind: 'commands', commands: [one] })
    for (const [at, one] of [a, b].entries()) {
      jury.proposed(at, one)
      execute(0, one, at + 1)
      jury.answered(at + 0.5, one, [undefined])
    }
    execute(1, a, 1)
    jury.proposed(5, late)
    execute(1, late, 3)
    jury.answered(6, late, ['a'])
    expect(jury.linearizable()).toBe('no')
  })

  it('lets a command count as it was asked and answered first', () => {
    const asked = new LabJury()
    const a = command('a', write('k'))
    ask(asked, 0, 1, a, undefined)
    asked.proposed(2, a)
    ask(asked, 3, 4, command('b', read('k')), undefined)
    expect(asked.linearizable()).toBe('no')
    const answered = new LabJury()
    const b = command('b', read('k'))
    ask(answered, 0, 1, a, undefined)
    ask(answered, 2, 3, b, 'a')
    answered.answered(4, b, [undefined])
    expect(answered.linearizable()).toBe('yes')
  })

  it('finds a read of what a range had emptied', () => {
    const jury = new LabJury()
    ask(jury, 0, 1, command('a', write('k')), undefined)
    ask(jury, 2, 3, command('b', writeRange('a', 'z')), undefined)
    ask(jury, 4, 5, command('c', read('k')), 'a')
    expect(jury.linearizable()).toBe('no')
  })

  it('lets what was never answered have happened, or not', () => {
    const jury = new LabJury()
    jury.proposed(0, command('a', write('k')))
    ask(jury, 1, 2, command('b', read('k')), undefined)
    ask(jury, 3, 4, command('c', read('k')), 'a')
    expect(jury.linearizable()).toBe('yes')
  })

  it('needs no search where the order in which commands were executed first explains every answer', () => {
    const jury = new LabJury()
    const calls = Array.from({ length: 3000 }, (_, call) =>
      command(`c${call}`, call % 2 === 0 ? write(`k${call % 6}`) : read(`k${(call - 1) % 6}`)),
    )
    // All at once, and executed from the last to the first.
    for (const one of calls) jury.proposed(0, one)
    const writers = new Registers()
    calls.toReversed().forEach((one, at) => {
      const results = writers.apply(one, nameOfCommand(one))
      jury.executed(1, 0, 0, { slot: 0, number: at + 1 }, { kind: 'commands', commands: [one] })
      jury.executed(2, 1, 0, { slot: 0, number: at + 1 }, { kind: 'commands', commands: [one] })
      jury.answered(3, one, results)
    })
    expect(jury.linearizable()).toBe('yes')
  })

  it('needs no search either where many commands were executed as one instance', () => {
    const jury = new LabJury()
    const calls = Array.from({ length: 1001 }, (_, call) => command(`c${call}`, write(`k${call}`)))
    for (const one of calls) jury.proposed(0, one)
    jury.executed(1, 0, 0, id('0.1'), { kind: 'commands', commands: calls })
    for (const one of calls) jury.answered(2, one, [undefined])
    expect(jury.linearizable()).toBe('yes')
  })

  it('searches where an answer is not what the order of execution explains', () => {
    const late = command('a', write('k'))
    const reader = command('b', read('k'))
    const jury = new LabJury()
    for (const one of [late, reader]) jury.proposed(0, one)
    for (const [at, one] of [late, reader].entries()) {
      jury.executed(1, 0, 0, { slot: at, number: 1 }, { kind: 'commands', commands: [one] })
    }
    // The reader might have come before it: nobody was answered until then.
    jury.answered(2, reader, [undefined])
    jury.answered(2, late, [undefined])
    expect(jury.linearizable()).toBe('yes')
    const again = command('d', read('k'))
    jury.proposed(3, again)
    jury.answered(4, again, [undefined])
    expect(jury.linearizable()).toBe('no')
  })

  it('does not search for long: beyond a thousand calls it is undecided', () => {
    const jury = new LabJury()
    for (let call = 0; call < 1000; call++) ask(jury, call, call + 1, command('a', write(`k${call}`)), undefined)
    expect(jury.linearizable()).toBe('yes')
    ask(jury, 1000, 1001, command('a', write('k')), undefined)
    expect(jury.linearizable()).toBe('undecided')
  })
})
