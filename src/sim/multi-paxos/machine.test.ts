import { expect, it } from 'vitest'
import { ballotOf } from '../../core/index.js'
import { Agenda } from '../agenda.js'
import { LogMachine } from './machine.js'
import type { LogMessage } from './message.js'

const FIRST = ballotOf(0, 0)
const SECOND = ballotOf(1, 2)
const THIRD = ballotOf(2, 2)

const accept = (ballot: number, sequence: number): LogMessage => {
  return { kind: 'accept', ballot, index: 1, value: { replica: 0, sequence } }
}

/** Number 1 of three, led by 0, that writes in 10 ms; `told` is what it has sent since it was asked last. */
const machineOf = () => {
  const agenda = new Agenda()
  const sent: LogMessage[] = []
  const ports = {
    send: (_from: number, _to: number, message: LogMessage): void => {
      sent.push(message)
    },
    committed: (): void => {},
    executed: (): void => {},
  }
  const machine = new LogMachine(1, { agenda, ports, voters: 3, leader: 0, writeMs: 10 })
  const told = (afterMs: number): readonly LogMessage[] => {
    agenda.runUntil(agenda.now + afterMs)
    return sent.splice(0)
  }
  const restart = (): void => {
    machine.crash()
    machine.restart()
  }
  return { machine, told, restart }
}

it('what a crash finds unwritten is gone, and nobody is told that it was accepted', () => {
  const { machine, told, restart } = machineOf()
  machine.receive(0, accept(FIRST, 1))
  expect(told(9)).toEqual([])
  restart()
  expect(told(50)).toEqual([])
  machine.receive(2, { kind: 'prepare', ballot: SECOND, from: 1 })
  expect(told(10)).toEqual([{ kind: 'promise', ballot: SECOND, entries: [] }])
})

it('what is written a new life knows: the promise, and the newest value of an index', () => {
  const { machine, told, restart } = machineOf()
  machine.receive(0, accept(FIRST, 1))
  machine.receive(2, accept(SECOND, 2))
  expect(told(10)).toHaveLength(2)
  restart()
  machine.receive(0, accept(FIRST, 3))
  expect(told(10)).toEqual([{ kind: 'refused', ballot: SECOND }])
  machine.receive(2, { kind: 'prepare', ballot: THIRD, from: 1 })
  const entry = { index: 1, ballot: SECOND, value: { replica: 0, sequence: 2 }, committed: false }
  expect(told(10)).toEqual([{ kind: 'promise', ballot: THIRD, entries: [entry] }])
})
