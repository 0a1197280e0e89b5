import { MAX_VOTERS, type Message, read, readRange, type Span, write, writeRange } from './index.js'
import { happened, held, together, underWay } from './script-lines.js'
import { fits, type Mail, NO_REPEATS, type Route, Stage } from './stage.js'
import { command } from './stage-words.js'

/**
 * Test equipment: plays a schedule written as text, and writes below each line what came of it.
 *
 * A line is a comment (`#`), a command, or, indented, what the command before it has brought about. Replicas
 * are `R0`, `R1` …, instances `0.1` (row, number), ballots `b2.1` (round, replica). The commands:
 *
 *     group 3                 begins, with three voters. `group 3 repeats`: they say again what stays unanswered;
 *                             `group 5 thrifty`: they ask no more than a quorum at first
 *     propose R0 a k          R0 proposes a command called a (up to seven letters), which writes the key k. `k?` only reads it; `[a,c)` is
 *                             a range of keys, `[a,)` an open one, `[a,c)?` reads it; several have spaces between
 *     sweep R0 s              R0 proposes a sweep called s
 *     deliver accept 0.1 R0>R1
 *                             the mail of this kind, about this instance, on this way arrives. `*` is every kind; without
 *                             an instance about any; `R0>` to anybody, `>R1` from anybody, `R0>R1,R2` to both
 *     repeat accept …         a copy of it arrives, the original stays on its way
 *     drop accept …           it is lost
 *     late accept …           it is kept aside until `arrive accept …`
 *     tick R0 400ms           the clock of R0 alone moves
 *     recover R1 0.1          the clock of R1 alone moves until it recovers 0.1; only that Recover leaves it meanwhile
 *     withhold R0             writes of R0 take until `write R0`; `write R0 1`: only the oldest ends
 *     crash R0, restart R0    what was written stays
 *     prefer R0 R2 R1         the order in which R0 asks others, where it asks no more than a quorum
 *     flow                    all mail arrives, and all that comes of it
 *     settle                  so it does, and clocks move, until all that are up have executed the same; `settle 200ms`:
 *                             and mail takes so long
 *     show 0.1                what each replica holds of an instance
 *     executed                the order of execution at each replica, since its start
 *     mail                    what is on its way
 *
 * What is brought about: commits, executions, how a recovery was decided, and the mail it has put on its way.
 * Gossip is left out.
 *
 * @param file names the script in errors
 */
export const play = (source: string, file: string): string => {
  const played: string[] = []
  const aside: Mail[] = []
  let stage: Stage | undefined
  source.split('\n').forEach((line, index) => {
    if (/^\s+\S/.test(line)) return
    played.push(line)
    if (line === '' || line.startsWith('#')) return
    try {
      const words = new Words(line.split(' '))
      const verb = words.next('a command')
      if ((verb === 'group') !== (stage === undefined)) throw new Error('a script begins with one group')
      if (stage === undefined) stage = group(words)
      else for (const output of (questions[verb] ?? act(verb))({ stage, aside }, words)) played.push(`  ${output}`)
      words.end()
    } catch (error) {
      throw new Error(`${file}:${index + 1}: ${line}: ${error instanceof Error ? error.message : error}`)
    }
  })
  return played.join('\n')
}

interface Playing {
  readonly stage: Stage
  readonly aside: Mail[]
}

type Verb<T> = (playing: Playing, words: Words) => T

const actions: Readonly<Record<string, Verb<void>>> = {
  propose: ({ stage }, words) => stage.propose(words.replica(), command(words.next('a name'), ...words.spans())),
  sweep: ({ stage }, words) => stage.sweep(words.replica(), words.next('a name')),
  deliver: ({ stage }, words) => words.routes((kind, route) => stage.deliver(kind, route)),
  repeat: ({ stage }, words) => words.routes((kind, route) => stage.arrive(stage.some(kind, route))),
  drop: ({ stage }, words) => words.routes((kind, route) => stage.drop(kind, route)),
  late: ({ stage, aside }, words) => words.routes((kind, route) => aside.push(...stage.take(kind, route))),
  arrive: ({ stage, aside }, words) =>
    words.routes((kind, route) => {
      const late = aside.filter((mail) => fits(mail, kind, route))
      if (late.length === 0) throw new Error(`no such ${kind} was kept aside`)
      for (const mail of late) aside.splice(aside.indexOf(mail), 1)
      stage.arrive(late)
    }),
  tick: ({ stage }, words) => stage.tick(words.replica(), words.milliseconds()),
  recover: ({ stage }, words) => stage.recover(words.replica(), words.instance()),
  withhold: ({ stage }, words) => stage.withhold(words.replica()),
  write: ({ stage }, words) => stage.write(words.replica(), words.count()),
  prefer: ({ stage }, words) => stage.prefer(words.replica(), words.replicas()),
  crash: ({ stage }, words) => stage.crash(words.replica()),
  restart: ({ stage }, words) => stage.restart(words.replica()),
  flow: ({ stage }) => stage.flow(),
  settle: ({ stage }, words) => stage.settle(words.more ? words.milliseconds() : 0),
}

const questions: Readonly<Record<string, Verb<readonly string[]>>> = {
  show: ({ stage }, words) => held(stage, words.instance()),
  executed: ({ stage }) => together(stage.slots.map((slot) => ({ slot, what: stage.executed(slot) || '-' }))),
  mail: ({ stage }) => underWay(stage.mail),
}

/** What an action has brought about. */
const act = (name: string): Verb<readonly string[]> => {
  const action = actions[name]
  if (action === undefined) throw new Error(`there is no command "${name}"`)
  return (playing, words) => {
    const { stage } = playing
    const before = new Set(stage.mail)
    const seen = stage.journal.length
    action(playing, words)
    const sent = stage.mail.filter((mail) => !before.has(mail) && mail.message.kind !== 'frontier')
    return [...happened(stage, stage.journal.slice(seen)), ...underWay(sent)]
  }
}

const group = (words: Words): Stage => {
  const n = words.count()
  if (n === undefined || n > MAX_VOTERS) throw new Error(`a group has 1 to ${MAX_VOTERS} voters`)
  const options = words.options(['repeats', 'thrifty'])
  return new Stage(n, { ...(options.has('repeats') ? {} : NO_REPEATS), thrifty: options.has('thrifty') })
}

/** The words of one line, taken from left to right. */
class Words {
  #taken = 0

  constructor(readonly words: readonly string[]) {}

  get more(): boolean {
    return this.#taken < this.words.length
  }

  next(what: string): string {
    const word = this.words[this.#taken++]
    if (!word) throw new Error(`${what} is missing`)
    return word
  }

  end(): void {
    if (this.more) throw new Error(`"${this.words[this.#taken]}" is too much`)
  }

  replica(): number {
    return Number(this.#match('a replica', /^R(\d)$/)[1])
  }

  replicas(): number[] {
    const replicas: number[] = []
    while (this.more) replicas.push(this.replica())
    return replicas
  }

  options(allowed: readonly string[]): ReadonlySet<string> {
    const options = new Set<string>()
    while (this.more) {
      const option = this.next('an option')
      if (!allowed.includes(option)) throw new Error(`there is no option "${option}"`)
      options.add(option)
    }
    return options
  }

  instance(): string {
    return this.#match('an instance', /^\d\.[1-9]\d*$/)[0]
  }

  milliseconds(): number {
    return Number(this.#match('a time', /^(\d+)ms$/)[1])
  }

  count(): number | undefined {
    return this.more ? Number(this.#match('a number', /^[1-9]\d*$/)[0]) : undefined
  }

  spans(): Span[] {
    const spans: Span[] = []
    while (this.more) spans.push(spanOf(this.#match('a span', /^(?:([^[\]?]+)|\[(.*),(.*)\))(\?)?$/)))
    if (spans.length === 0) throw new Error('a key is missing')
    return spans
  }

  /** Every way that the line names. */
  routes(each: (kind: Message['kind'] | '*', route: Route) => void): void {
    const kind = this.next('a kind of message')
    if (!isKind(kind)) throw new Error(`there is no kind of message "${kind}"`)
    const of = /^\d/.test(this.words[this.#taken] ?? '') ? { of: this.instance() } : {}
    if (!this.more) return each(kind, of)
    const [, from, to] = this.#match('a way', /^(?:R(\d))?>((?:R\d)(?:,R\d)*)?$/)
    const route: Route = from === undefined ? of : { ...of, from: Number(from) }
    if (to === undefined) return each(kind, route)
    for (const one of to.split(',')) each(kind, { ...route, to: Number(one.slice(1)) })
  }

  #match(what: string, pattern: RegExp): RegExpExecArray {
    const word = this.next(what)
    const match = pattern.exec(word)
    if (match === null) throw new Error(`"${word}" is not ${what}`)
    return match
  }
}

const spanOf = ([, key, from = '', to, reads]: RegExpExecArray): Span => {
  if (key !== undefined) return reads === undefined ? write(key) : read(key)
  return reads === undefined ? writeRange(from, to || undefined) : readRange(from, to || undefined)
}

const KINDS: readonly string[] = [
  'pre-accept',
  'pre-accept-ok',
  'accept',
  'accept-ok',
  'nack',
  'commit',
  'recover',
  'recover-ok',
  'validate',
  'validate-ok',
  'waiting',
  'fetch',
  'frontier',
] satisfies Message['kind'][]

const isKind = (word: string): word is Message['kind'] | '*' => word === '*' || KINDS.includes(word)
