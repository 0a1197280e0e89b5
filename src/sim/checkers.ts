import {
  type Command,
  commandsInterfere,
  type Deps,
  type Envelope,
  type Executable,
  type InstanceId,
  type InstanceRecord,
  type Value,
  valuesInterfere,
} from '../core/index.js'

/** Something that must never happen has happened. The run's seed replays it. */
export class Violation extends Error {
  override readonly name = 'Violation'
  constructor(
    readonly checker: string,
    what: string,
  ) {
    super(`${checker}: ${what}`)
  }
}

const show = ({ slot, number }: InstanceId): string => `${slot}.${number}`
const nameOf = ({ session, sequence }: Command): string => `${session}/${sequence}`
const contentOf = (value: Value): string => (value.kind === 'noop' ? 'no-op' : value.commands.map(nameOf).join(' '))

/** An instance is committed with one value and one dependency vector, everywhere and for ever. */
export class Agreement {
  readonly #commits = new Map<string, { readonly id: InstanceId; readonly value: Value; readonly deps: Deps }>()

  get commits(): Iterable<{ readonly id: InstanceId; readonly value: Value; readonly deps: Deps }> {
    return this.#commits.values()
  }

  committed(id: InstanceId, value: Value, deps: Deps): void {
    const known = this.#commits.get(show(id))
    if (known === undefined) {
      this.#commits.set(show(id), { id, value, deps })
      return
    }
    const before = `${contentOf(known.value)} {${known.deps}}`
    const now = `${contentOf(value)} {${deps}}`
    if (before !== now) throw new Violation('agreement', `${show(id)} committed as ${before} and as ${now}`)
  }
}

/** Of two committed interfering commands, neither a no-op, at least one depends on the other. */
export const checkVisibility = (agreement: Agreement): void => {
  const commits = [...agreement.commits].filter(({ value }) => value.kind !== 'noop')
  commits.forEach((a, i) => {
    for (const b of commits.slice(i + 1)) {
      const seen = b.id.number <= (a.deps[b.id.slot] ?? 0) || a.id.number <= (b.deps[a.id.slot] ?? 0)
      if (!seen && valuesInterfere(a.value, b.value)) {
        throw new Violation('visibility', `${show(a.id)} {${a.deps}} and ${show(b.id)} {${b.deps}} miss each other`)
      }
    }
  })
}

/** What one life of one replica has executed, in order. */
export class Journal {
  readonly commands: Command[] = []
  readonly #at = new Map<string, number>()

  constructor(readonly owner: string) {}

  executed({ instance, value }: Executable): void {
    for (const command of value.commands) {
      const name = nameOf(command)
      if (this.#at.has(name)) throw new Violation('exactly once', `${name} executed again as ${show(instance)}`)
      this.#at.set(name, this.commands.length)
      this.commands.push(command)
    }
  }

  /** Its place in the order; undefined when it was not executed. */
  position(command: Command): number | undefined {
    return this.#at.get(nameOf(command))
  }
}

/** Interfering commands are executed in one order by every life of every replica. */
export const checkOrder = (journals: readonly Journal[]): void => {
  const longest = journals.reduce((a, b) => (b.commands.length > a.commands.length ? b : a))
  const { commands } = longest
  for (const journal of journals) {
    if (journal === longest) continue
    for (const command of journal.commands) {
      // Every life ends in, or leads to, a complete one: what it executed is executed by all.
      if (longest.position(command) === undefined) {
        throw new Violation('equal order', `${nameOf(command)} executed by ${journal.owner}, never by ${longest.owner}`)
      }
    }
    const places = commands.map((command) => journal.position(command))
    commands.forEach((later, j) => {
      const placeLater = places[j]
      if (placeLater === undefined) return
      for (let i = 0; i < j; i++) {
        const placeEarlier = places[i]
        const swapped = placeEarlier === undefined || placeEarlier > placeLater
        if (swapped && commandsInterfere(commands[i] as Command, later)) {
          const pair = `${nameOf(commands[i] as Command)} before ${nameOf(later)}`
          throw new Violation('equal order', `${longest.owner} executed ${pair}, ${journal.owner} did not`)
        }
      }
    })
  }
}

/** What was answered was executed by everybody. */
export const checkAnswered = (answered: Iterable<Command>, complete: readonly Journal[]): void => {
  for (const command of answered) {
    for (const journal of complete) {
      if (journal.position(command) === undefined) {
        throw new Violation('answered', `${nameOf(command)} was answered, and is lost at ${journal.owner}`)
      }
    }
  }
}

/** Nothing leaves a replica before its disk holds what it says (protocol §6). */
export const checkDurable = (
  self: number,
  { message }: Envelope,
  find: (slot: number, number: number) => InstanceRecord | undefined,
): void => {
  if (message.kind === 'fetch' || message.kind === 'frontier') return
  const { instance } = message
  const record = find(instance.slot, instance.number)
  const durable = ((): boolean => {
    switch (message.kind) {
      case 'pre-accept':
      case 'pre-accept-ok':
        return record !== undefined && record.phase !== 'none'
      case 'accept-ok':
        return record !== undefined && (record.votedBallot >= message.ballot || record.phase === 'committed')
      case 'recover':
      case 'recover-ok':
      case 'nack':
        return record !== undefined && (record.ballot >= message.ballot || record.phase === 'committed')
      case 'validate-ok':
        return record?.initValue !== undefined || record?.phase === 'committed'
      case 'commit':
        return instance.slot !== self || record?.phase === 'committed'
      default:
        return true
    }
  })()
  if (!durable) throw new Violation('durable first', `${message.kind} for ${show(instance)} left before its write`)
}
