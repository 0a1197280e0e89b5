import { type ESTree, Visitor } from 'vite'
import { lineAt, parse } from './imports.js'
import { shadowsIn } from './shadows.js'

/** Clocks, randomness, scheduling and I/O, by the names they have in the global scope. */
const FORBIDDEN = new Set([
  'Date',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'requestAnimationFrame',
  'setImmediate',
  'setInterval',
  'setTimeout',
])

/** What keeps a module from being a pure state machine, as lines `path:line: what is wrong`. */
export const impurities = (path: string, source: string, promises: boolean): readonly string[] => {
  const found: string[] = []
  const program = parse(path, source)
  const shadowed = shadowsIn(program)
  const report = ({ start }: { readonly start: number }, what: string): void => {
    found.push(`${path}:${lineAt(source, start)}: ${what} in a pure room`)
  }
  // Names after a dot or before a colon: they mean a property, not the global of that name.
  const properties = new Set<unknown>()
  const keyed = (node: { readonly key: unknown; readonly computed: boolean }): void => {
    if (!node.computed) properties.add(node.key)
  }
  const asynchronous = (node: { readonly start: number; readonly async: boolean }): void => {
    if (node.async && !promises) report(node, 'an async function')
  }
  new Visitor({
    Property: keyed,
    PropertyDefinition: keyed,
    MethodDefinition: keyed,
    TSPropertySignature: keyed,
    TSMethodSignature: keyed,
    MemberExpression: (node) => {
      if (!node.computed) properties.add(node.property)
      if (isNamed(node.object, 'Math') && isNamed(node.property, 'random')) report(node, 'Math.random')
    },
    Identifier: (node) => {
      const forbidden = FORBIDDEN.has(node.name) || (node.name === 'Promise' && !promises)
      if (forbidden && !properties.has(node) && !shadowed(node.name, node.start)) report(node, node.name)
    },
    FunctionDeclaration: asynchronous,
    FunctionExpression: asynchronous,
    ArrowFunctionExpression: asynchronous,
    AwaitExpression: (node) => {
      if (!promises) report(node, 'await')
    },
  }).visit(program)
  return found
}

const isNamed = (node: ESTree.Expression | ESTree.PrivateIdentifier, name: string): boolean =>
  node.type === 'Identifier' && node.name === name
