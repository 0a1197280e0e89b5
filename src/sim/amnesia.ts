import { InvalidMessage, type Message, NotAVoter, Replica } from '../core/index.js'
import { Violation } from './checkers/violation.js'
import type { Host } from './host.js'
import type { Mischief } from './mischief.js'
import type { Random } from './random.js'

/** In a group whose voters stay the same: a disk is gone, and whoever comes back as somebody else is not listened to [H14]. */
export class Amnesia {
  /** Voters that have refused what a stranger said. */
  refusals = 0

  constructor(
    readonly hosts: readonly Host[],
    readonly mischief: Mischief<Host>,
    readonly random: Random,
  ) {}

  /** @param count of voters that lose their disks */
  begin(count: number, durationMs: number): void {
    for (let i = 0; i < count; i++) {
      this.mischief.agenda.after(this.random.between(0, durationMs), () => {
        if (!this.mischief.over) this.#strike(this.random.pick(this.hosts))
      })
    }
  }

  #strike(host: Host): void {
    const { mischief, random, hosts } = this
    const f = Math.floor((hosts.length - 1) / 2)
    const gone = hosts.filter(({ lost }) => lost).length
    if (host.lost || gone >= Math.min(f, mischief.faults.maxDown)) return
    mischief.note('amnesia', host)
    if (host.running) host.crash()
    host.lost = true
    const stranger = random.id()
    checkNoVoter(stranger, host, random)
    const own = hosts.length - 1
    const lie: Message = {
      kind: 'pre-accept-ok',
      epoch: 0,
      instance: { slot: own, number: 1 },
      deps: hosts.map(() => 0),
    }
    for (const other of hosts) {
      if (!other.up) continue
      checkRefused(other, stranger, lie)
      this.refusals++
      mischief.trace.add(mischief.agenda.now, other.name, 'stranger refused')
    }
  }
}

const checkNoVoter = (id: string, host: Host, random: Random): void => {
  try {
    new Replica({ id, ...host.membership, random: random.next }).sweep(new Uint8Array())
  } catch (error) {
    if (error instanceof NotAVoter) return
    throw error
  }
  throw new Violation('amnesia', `${id} is no voter, and may propose`)
}

const checkRefused = (host: Host, from: string, message: Message): void => {
  try {
    host.replica?.step(from, message)
  } catch (error) {
    if (error instanceof InvalidMessage) return
    throw error
  }
  throw new Violation('amnesia', `${host.name} takes messages of ${from}, who is no voter`)
}
