import { EpaxosError, type Span } from '../core/index.js'

/** What is named of a long list: enough to go on from. */
const MAX_NAMED = 3

/**
 * A key was touched that was not declared. At the proposer, nothing was proposed; elsewhere, and where it was caught, the
 * mutator has changed nothing.
 */
export class UndeclaredKey extends EpaxosError {
  override readonly name = 'UndeclaredKey'
  constructor(
    /** Undefined: it was a read. */
    readonly mutator: string | undefined,
    /** The key or range, and whether it was to be changed. */
    readonly span: Span,
    readonly declared: readonly Span[],
  ) {
    const who = mutator === undefined ? 'a read' : `the mutator "${mutator}"`
    const what = `${span.write ? 'changes' : 'looks at'} ${shown(span)}`
    const list = listed(declared.map((each) => call(each)))
    super(
      `${who} ${what}, and its touches declare ${list || 'nothing'}: declare ${call(span)}, or a range that covers it`,
    )
  }
}

/** One thing that is wrong with arguments, and where. */
export interface ArgumentIssue {
  readonly message: string
  readonly path: readonly PropertyKey[]
}

/** Arguments that JSON can't hold, or that the mutator's schema refuses. At the proposer, nothing was proposed. */
export class InvalidArguments extends EpaxosError {
  override readonly name = 'InvalidArguments'
  constructor(
    readonly mutator: string,
    readonly issues: readonly ArgumentIssue[],
  ) {
    const texts = issues.map(({ message, path }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    super(`the mutator "${mutator}" can't be called with these arguments: ${listed(texts)}`)
  }
}

/** Nothing of that name can be called in the version of the state that the group executes. Nothing has changed. */
export class UnknownMutator extends EpaxosError {
  override readonly name = 'UnknownMutator'
  constructor(
    readonly mutator: string,
    /** Of the state, as the group executes it. */
    readonly version: number,
  ) {
    // The same at every member, whatever its program: it is kept in the state.
    super(
      `version ${version} of the state has no mutator "${mutator}": members with an older program hold the group at ` +
        `version ${version}, until they are updated; or it was added without raising the version, and giving it as its \`since\``,
    )
  }
}

/** A mutator, a migration or a schema that goes on after it has returned: a mistake of whoever wrote it. */
export class Asynchronous extends TypeError {}

/** A mutator that comes to something else when it is run again. Nothing was proposed. */
export class NotDeterministic extends EpaxosError {
  override readonly name = 'NotDeterministic'
  constructor(
    readonly mutator: string,
    /** In words. */
    readonly difference: string,
  ) {
    super(
      `the mutator "${mutator}" was run twice, and the two differ in ${difference}: let it depend on tx and its ` +
        'arguments alone, with tx.now for the time and tx.random() for chance',
    )
  }
}

const listed = (texts: readonly string[]): string => {
  const more = texts.length - MAX_NAMED
  return texts.slice(0, MAX_NAMED).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

const shown = (span: Span): string => {
  if (span.kind === 'key') return `"${span.key}"`
  return `the keys from "${span.from}"${span.to === undefined ? ' on' : ` to "${span.to}"`}`
}

/** As one writes it. */
const call = (span: Span): string => {
  if (span.kind === 'key') return `${span.write ? 'write' : 'read'}('${span.key}')`
  const to = span.to === undefined ? '' : `, '${span.to}'`
  return `${span.write ? 'writeRange' : 'readRange'}('${span.from}'${to})`
}
