/** A copy of core with the fault of that name in it: see tools/museum/plugin.ts. */
declare module 'museum:*' {
  export const Replica: typeof import('epaxos/core').Replica
}
