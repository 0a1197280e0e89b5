/** The drawing's own look, inside its shadow root. Every colour can be set from outside by its custom property. */
export const GRID_CSS = `
:host { display: block; contain: content; position: relative; background: var(--paper, #fff); color: var(--ink, #1c2430); font: 400 13px/1.45 system-ui, sans-serif; }
.stage { position: relative; }
canvas { position: absolute; left: 74px; width: calc(100% - 74px); height: 100%; }
.mirror { position: absolute; inset: 0; contain: strict; }
.row { position: absolute; left: 0; width: 100%; height: 60px; box-sizing: border-box; border-bottom: 1px solid var(--rule, #d9dee6); }
.label { display: flex; flex-direction: column; justify-content: center; width: 74px; height: 100%; box-sizing: border-box; padding-right: 6px; line-height: 1.3; }
.name { font-size: 12px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.aside { font-size: 11px; color: var(--quiet, #5b6675); overflow-wrap: anywhere; }
.view { position: absolute; inset: 0 0 0 74px; overflow: hidden; contain: strict; }
.track { position: absolute; inset: 0; }
.mirror .cell { position: absolute; top: calc(50% - var(--cell-height) / 2); width: var(--cell-width); height: var(--cell-height); outline: none; cursor: default; }

.sentence { margin: 8px 0 0; min-height: 2.9em; color: var(--quiet, #5b6675); overflow-wrap: anywhere; }
.sentence.asked { color: var(--ink, #1c2430); }
@media (max-width: 600px) { .sentence { min-height: 5.8em; } }
.legend ul { gap: 4px 14px; }
.legend svg { width: 36px; height: 32px; flex: none; }
.legend .mark { width: 20px; height: 10px; }
.legend .mark path { fill: var(--quiet, #5b6675); }
.legend text { font: 500 11px system-ui, sans-serif; text-anchor: middle; fill: var(--paper, #fff); }
.legend g path { stroke-width: 1.6; stroke-linejoin: round; fill: var(--paper, #fff); stroke: var(--look); }
.none, .no-op, .void { --look: var(--none, #6b7685); }
.pre-accepted { --look: var(--pre-accepted, #a35a00); }
.pre-accepted path { stroke-dasharray: 3.2 2; }
.accepted { --look: var(--accepted, #7b3fc4); }
.committed { --look: var(--committed, #1762c4); }
.executed { --look: var(--executed, #10714f); }
.legend .executed path { fill: var(--look); }
.edge { fill: none; stroke: var(--edge, #8b97a8); stroke-linejoin: round; }
.edge.grown { stroke: var(--grown, var(--grave, #a32b1e)); stroke-dasharray: 4 2.5; }
.edge.faint { stroke-opacity: .4; }
.hull { fill: var(--hull, color-mix(in srgb, var(--edge, #8b97a8) 24%, var(--paper, #fff))); stroke: var(--edge, #8b97a8); }
`
