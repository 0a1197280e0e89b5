import { parseSync, Visitor } from 'vite'

export interface Import {
  /** As written; undefined where it is computed. */
  readonly specifier: string | undefined
  /** Counts from 1. */
  readonly line: number
}

/** Every import and re-export of a module, of types as much as of values. */
export const importsOf = (path: string, source: string): readonly Import[] => {
  const found: Import[] = []
  const add = (at: { readonly start: number }, specifier: unknown): void => {
    found.push({ specifier: typeof specifier === 'string' ? specifier : undefined, line: lineAt(source, at.start) })
  }
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value),
    ExportAllDeclaration: (node) => add(node, node.source.value),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node, node.source.value)
    },
    ImportExpression: (node) => add(node, 'value' in node.source ? node.source.value : undefined),
    TSImportType: (node) => add(node, node.source.value),
  }).visit(parse(path, source))
  return found
}

/** The syntax tree of a module; throws where it is not well formed. */
export const parse = (path: string, source: string): ReturnType<typeof parseSync>['program'] => {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path} can't be parsed: ${error.message}`)
  return program
}

export const lineAt = (source: string, offset: number): number => source.slice(0, offset).split('\n').length
