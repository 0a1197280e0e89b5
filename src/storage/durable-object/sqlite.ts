/** What SQLite in a Durable Object takes and gives: a blob goes in as a view or a buffer, and comes out as a buffer. */
export type SqlValue = string | number | null | ArrayBuffer

export interface SqlRows extends Iterable<Readonly<Record<string, SqlValue>>> {
  toArray(): Readonly<Record<string, SqlValue>>[]
  /** Throws where it is not one row. */
  one(): Readonly<Record<string, SqlValue>>
}

export interface ObjectSql {
  exec(query: string, ...bindings: (SqlValue | ArrayBufferView)[]): SqlRows
}

/** What a storage needs of a Durable Object's `ctx.storage`, which has all of it where its class is of the SQLite kind. */
export interface ObjectStorage {
  readonly sql: ObjectSql
  /** What the callback has written is undone when it throws. */
  transactionSync<T>(callback: () => T): T
  /** Resolves when all that was written is durable. */
  sync(): Promise<void>
}
