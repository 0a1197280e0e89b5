/** The `nth` successor of a vertex, or −1 where there is none at that place. */
export type Successor = (vertex: number, nth: number) => number

/**
 * Strongly connected components of the vertices 0 … `vertices` − 1, of which each has at most `degree` successors, by
 * Tarjan's algorithm; without recursion, since a chain of instances may be long.
 * @returns per vertex the number of its component; a component's number is higher than those that it leads to
 */
export const strongComponents = (vertices: number, degree: number, successor: Successor): Int32Array => {
  const component = new Int32Array(vertices).fill(-1)
  const index = new Int32Array(vertices).fill(-1)
  const low = new Int32Array(vertices)
  const next = new Int32Array(vertices)
  /** The way from a root to where the search is, and the vertices without a component so far. */
  const path: number[] = []
  const open: number[] = []
  let visited = 0
  let found = 0
  const visit = (vertex: number): void => {
    index[vertex] = low[vertex] = visited++
    path.push(vertex)
    open.push(vertex)
  }
  for (let root = 0; root < vertices; root++) {
    if (index[root] === -1) visit(root)
    for (let vertex = path.at(-1); vertex !== undefined; vertex = path.at(-1)) {
      const nth = (next[vertex] as number)++
      if (nth < degree) {
        const to = successor(vertex, nth)
        if (to < 0 || component[to] !== -1) continue
        if (index[to] === -1) visit(to)
        else low[vertex] = Math.min(low[vertex] as number, index[to] as number)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[vertex] as number)
      if (low[vertex] !== index[vertex]) continue
      let member: number | undefined
      do {
        member = open.pop() as number
        component[member] = found
      } while (member !== vertex)
      found++
    }
  }
  return component
}
