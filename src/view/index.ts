export { drawGrid, type Grid, type GridContent } from './grid.js'
export { MAX_COLUMNS } from './layout.js'
