import { type ESTree, Visitor } from 'vite'

interface Scope {
  readonly start: number
  readonly end: number
}

/** Whether a name, at an offset into the source, is one that the module declares: it doesn't mean the global then. */
export type Shadows = (name: string, offset: number) => boolean

export const shadowsIn = (program: ESTree.Program): Shadows => {
  const declared: { readonly name: string; readonly scope: Scope }[] = []
  /** The innermost last. */
  const scopes: Scope[] = [program]
  const enter = (scope: Scope): void => void scopes.push(scope)
  const exit = (): void => void scopes.pop()
  const declare = (pattern: Pattern | null): void => {
    const scope = scopes.at(-1) ?? program
    for (const name of namesIn(pattern)) declared.push({ name, scope })
  }
  const parameters = (node: Scope & { readonly params: readonly ESTree.ParamPattern[] }): void => {
    enter(node)
    node.params.forEach(declare)
  }
  new Visitor({
    // What is only declared to the compiler is the global.
    VariableDeclaration: (node) => {
      if (!node.declare) for (const { id } of node.declarations) declare(id)
    },
    ClassDeclaration: (node) => {
      if (!node.declare) declare(node.id)
    },
    ImportSpecifier: (node) => declare(node.local),
    ImportDefaultSpecifier: (node) => declare(node.local),
    ImportNamespaceSpecifier: (node) => declare(node.local),
    FunctionDeclaration: (node) => {
      declare(node.id)
      parameters(node)
    },
    'FunctionDeclaration:exit': exit,
    FunctionExpression: parameters,
    'FunctionExpression:exit': exit,
    ArrowFunctionExpression: parameters,
    'ArrowFunctionExpression:exit': exit,
    BlockStatement: enter,
    'BlockStatement:exit': exit,
    ForStatement: enter,
    'ForStatement:exit': exit,
    ForInStatement: enter,
    'ForInStatement:exit': exit,
    ForOfStatement: enter,
    'ForOfStatement:exit': exit,
    CatchClause: (node) => {
      enter(node)
      declare(node.param)
    },
    'CatchClause:exit': exit,
  }).visit(program)
  return (name, offset) => declared.some((it) => it.name === name && it.scope.start <= offset && offset < it.scope.end)
}

type Pattern = ESTree.ParamPattern | ESTree.BindingPattern | ESTree.BindingRestElement

/** The names that a pattern binds. */
const namesIn = (pattern: Pattern | null): readonly string[] => {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((it) => namesIn(it.type === 'Property' ? it.value : it))
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn)
    case 'AssignmentPattern':
      return namesIn(pattern.left)
    case 'RestElement':
      return namesIn(pattern.argument)
    case 'TSParameterProperty':
      return namesIn(pattern.parameter)
    default:
      return []
  }
}
