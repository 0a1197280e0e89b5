export { drawGrid } from './grid.js'
export type { Grid, GridContent, GridOptions } from './grid-content.js'
export type {
  Lane,
  LaneCut,
  LaneFlight,
  LaneFlightKind,
  LaneHappening,
  LaneState,
  Lanes,
  LanesContent,
  LanesOptions,
} from './lane-content.js'
export { colourOfFlight, type LaneColour } from './lane-styles.js'
export { drawLanes } from './lanes.js'
export { MAX_COLUMNS } from './layout.js'
