/** The lanes' own look, inside their shadow root. Every colour can be set from outside by its custom property. */
export const LANES_CSS = `
:host { display: block; contain: content; position: relative; background: var(--paper, #fff); color: var(--ink, #1c2430); }
.stage { position: relative; touch-action: pan-y; cursor: grab; user-select: none; -webkit-user-select: none; }
.stage.at { cursor: pointer; }
.stage.dragged { cursor: grabbing; }
.stage > canvas { display: block; width: 100%; }
.list { position: absolute; inset: 0 auto auto 0; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.list:focus { outline: none; }
.list:focus-visible ~ canvas { outline: 2px solid var(--accent, #10714f); outline-offset: -2px; }

.labels { margin: 0; padding: 0; list-style: none; }
.labels li { position: absolute; left: 0; transform: translateY(-50%); display: grid; pointer-events: none; }
.labels span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.name { font: 600 13px/1.3 system-ui, sans-serif; }
.aside { font: 400 11px/1.3 system-ui, sans-serif; color: var(--quiet, #5b6675); }
.labels .down .aside, .labels .gone .aside, .labels .stopped .aside { color: var(--grave, #a32b1e); }

.sentence { margin: 6px 0 0; min-height: 2.9em; font: 13px/1.45 system-ui, sans-serif; color: var(--quiet, #5b6675); overflow-wrap: anywhere; }
.sentence.asked { color: var(--ink, #1c2430); }

@media (max-width: 480px) { .sentence { min-height: 4.4em; } }

.legend ul { gap: 2px 16px; }
.legend canvas { width: 36px; height: 22px; flex: none; }
`
