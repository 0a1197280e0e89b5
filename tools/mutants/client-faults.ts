import type { Mutant } from './plugin.js'

const client = (fault: Omit<Mutant, 'file' | 'hazard'>): Mutant => ({
  ...fault,
  file: 'member/client.ts',
  hazard: 'H24',
})
const order = (fault: Omit<Mutant, 'file' | 'hazard'>): Mutant => ({ ...fault, file: 'member/order.ts', hazard: 'H24' })

/** Faults in what keeps proposals until they are answered, in order, and has each executed once. */
export const clientFaults: readonly Mutant[] = [
  client({
    name: 'sent-before-its-place-is-durable',
    find: "!lasting || stored === 'placed' || (stored === 'no' && !careful)",
    replace: 'lasting || !careful || stored',
    says: 'What is stored without a place is sent in one, and after a crash gets another.',
  }),
  client({
    name: 'stored-without-its-place',
    find: '({ id, spans, payload, place: at?.place })',
    replace: '({ id, spans, payload, place: at && undefined })',
    says: 'What was sent is stored as if nobody had been sent it.',
  }),
  client({
    name: 'places-forgotten-at-restart',
    find: '      if (place === undefined) {\n        this.#waiting.push(entry)',
    replace: '      if (place === undefined || entry.at === undefined) {\n        this.#waiting.push(entry)',
    says: 'What an earlier life may have sent gets a new place.',
  }),
  client({
    name: 'queue-forgotten-at-restart',
    find: 'of options.kept) {',
    replace: 'of options.kept.slice(0, 0)) {',
    says: 'What an earlier life has kept is never sent.',
  }),
  client({
    name: 'removed-when-sent',
    find: "entry.state = 'sent'\n",
    replace: "entry.state = 'sent'\n    if (entry.stored !== 'no') this.#removed.push(entry.id)\n",
    says: 'What is on its way is not kept any more.',
  }),
  client({
    name: 'kept-out-of-order',
    find: 'of options.kept) {',
    replace: 'of options.kept.toReversed()) {',
    says: 'A next life sends the last first.',
  }),
  client({
    name: 'nothing-named-that-comes-before',
    find: '      after.push(at.place.sequence)\n',
    replace: '',
    says: 'A command may overtake those of its client that it interferes with.',
  }),
  client({
    name: 'another-session-not-waited-for',
    find: 'if (at?.session !== session) return undefined',
    replace: 'if (at === undefined) continue',
    says: 'Of what was placed in another session nothing is waited for, and its sequences are taken for the present one’s.',
  }),
  {
    ...client({
      name: 'early-taken-for-an-answer',
      find: "      case 'done':\n      case 'threw':",
      replace: "      case 'early':\n      case 'done':\n      case 'threw':",
      says: 'What has come too early is not sent again.',
    }),
    profile: 'churn',
  },
  {
    ...client({
      name: 'early-ones-left-waiting',
      find: "      this.#early.delete(entry)\n      entry.state = 'placed'\n      this.#due.push(entry)",
      replace: "      this.#early.delete(entry)\n      entry.state = 'placed'",
      says: 'What has come too early is not sent again once it could be.',
    }),
    profile: 'churn',
  },
  client({
    name: 'open-ones-acknowledged',
    find: 'acknowledged: lowestOpen - 1',
    replace: 'acknowledged: Math.max(lowestOpen - 1, sequence - 1)',
    says: 'A client says that it has answers that it is still waiting for.',
  }),
  {
    ...client({
      name: 'unseen-executions-not-doubted',
      find: 'if (entry.wasSent) entry.doubtful = true',
      replace: 'void entry',
      says: 'What was executed in a state that came from elsewhere is taken for executed nowhere.',
    }),
    profile: 'churn',
  },
  client({
    name: 'placed-anew-at-the-end',
    find: '    this.#waiting.sort(byOrder)\n',
    replace: '',
    says: 'What gets another place comes after what has come later.',
  }),
  order({
    name: 'order-of-ranges-lost',
    find: '        this.#rangeWriters.add(one)\n',
    replace: '',
    says: 'Who changes a range can be overtaken.',
  }),
  order({
    name: 'order-within-ranges-lost',
    find: "span.kind === 'key' ? [this.#writers.get(span.key) ?? []] : this.#within(span)",
    replace: "span.kind === 'key' ? [this.#writers.get(span.key) ?? []] : []",
    says: 'Who touches a range overtakes those who change keys in it.',
  }),
  order({
    name: 'first-writer-for-the-last',
    find: 'const last = writers[indexOf(writers, order) - 1]',
    replace: 'const last = indexOf(writers, order) > 0 ? writers[0] : undefined',
    says: 'Of several that change a key the first is named, and the others can be overtaken.',
  }),
]
