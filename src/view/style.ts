/** The drawing's own look, inside its shadow root. Every colour can be set from outside by its custom property. */
export const GRID_CSS = `
:host { display: block; contain: content; position: relative; color: var(--ink, #1c2430); }
svg { display: block; width: 100%; overflow: hidden; }
text { font: 500 10.5px system-ui, sans-serif; font-variant-numeric: tabular-nums; text-anchor: middle; pointer-events: none; }
text.long { font-size: 8px; }
.name { font-size: 12px; font-weight: 600; text-anchor: start; fill: currentColor; }
.aside { font-size: 11px; font-weight: 400; text-anchor: start; fill: var(--quiet, #5b6675); }
.line { stroke: var(--rule, #d9dee6); }

.cell { outline: none; cursor: default; }
.cell path { stroke-width: 1.6; stroke-linejoin: round; fill: var(--paper, #fff); stroke: var(--look); }
.cell text { fill: var(--paper, #fff); }
.none { --look: var(--none, #6b7685); }
.pre-accepted { --look: var(--pre-accepted, #a35a00); }
.pre-accepted path { stroke-dasharray: 3.2 2; }
.accepted { --look: var(--accepted, #7b3fc4); }
.committed { --look: var(--committed, #1762c4); }
.executed { --look: var(--executed, #10714f); }
.executed path { fill: var(--look); }
.no-op { --look: var(--none, #6b7685); }
.cell:focus-visible path, .cell.lit path { stroke: var(--ink, #1c2430); stroke-width: 2.4; }

.edge { fill: none; stroke: var(--edge, #8b97a8); stroke-width: 1; stroke-linejoin: round; stroke-opacity: .8; }
.edge.implied { stroke-opacity: .18; }
.edge.lit { stroke: var(--ink, #1c2430); stroke-width: 1.8; stroke-opacity: 1; }
.asked .edge:not(.lit) { stroke-opacity: .12; }

.sentence { margin: 8px 0 0; min-height: 2.9em; font-size: 13px; line-height: 1.45; color: var(--quiet, #5b6675); overflow-wrap: anywhere; }
.sentence.asked { color: var(--ink, #1c2430); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 12px; color: var(--quiet, #5b6675); }
.legend li { display: flex; align-items: center; gap: 6px; }
.legend svg { width: 32px; height: 32px; flex: none; }
.legend .mark { width: 20px; height: 10px; }
.legend .mark path { fill: var(--quiet, #5b6675); }
`
