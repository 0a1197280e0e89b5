/**
 * The inspector's own look, inside its shadow root. Every colour can be set from outside, by a custom property of its name
 * after `--epaxos-`.
 */
export const INSPECTOR_CSS = `
:host { all: initial !important; display: block !important; color-scheme: light dark !important; }
:host([hidden]) { display: none !important; }
.inspector {
  --ink: var(--epaxos-ink, #1c2430); --quiet: var(--epaxos-quiet, #55606f); --paper: var(--epaxos-paper, #fff);
  --ground: var(--epaxos-ground, #f5f6f8); --rule: var(--epaxos-rule, #dde2e9); --edge: var(--epaxos-edge, #7d8a9c);
  --grave: var(--epaxos-grave, #a32b1e); --none: var(--epaxos-none, #6b7685);
  --pre-accepted: var(--epaxos-pre-accepted, #a35a00); --accepted: var(--epaxos-accepted, #7b3fc4);
  --committed: var(--epaxos-committed, #1762c4); --executed: var(--epaxos-executed, #10714f);
  font: 14px/1.45 system-ui, sans-serif; color: var(--ink); text-align: start;
}
@media (prefers-color-scheme: dark) {
  .inspector {
    --ink: var(--epaxos-ink, #e4e8ee); --quiet: var(--epaxos-quiet, #a0abba); --paper: var(--epaxos-paper, #1a1f27);
    --ground: var(--epaxos-ground, #12161c); --rule: var(--epaxos-rule, #2c343f); --edge: var(--epaxos-edge, #8292a8);
    --grave: var(--epaxos-grave, #ff9d8f); --none: var(--epaxos-none, #98a3b3);
    --pre-accepted: var(--epaxos-pre-accepted, #eba94a); --accepted: var(--epaxos-accepted, #c29bf5);
    --committed: var(--epaxos-committed, #74aef7); --executed: var(--epaxos-executed, #4cc79a);
  }
}
* { box-sizing: border-box; }
p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; }
[hidden] { display: none; }

.corner { position: fixed; z-index: 2147483000; right: 12px; bottom: 12px; display: flex; flex-direction: column-reverse;
  align-items: flex-end; gap: 8px; max-width: calc(100vw - 24px); }
button { display: inline-flex; align-items: center; gap: 8px; min-height: 32px; padding: 4px 12px; border: 1px solid var(--edge);
  border-radius: 999px; background: var(--paper); color: var(--ink); font: inherit; cursor: pointer; }
button:focus-visible { outline: 2px solid var(--committed); outline-offset: 2px; }
.corner button { box-shadow: 0 2px 8px rgb(0 0 0 / 18%); }
.lamp { width: 12px; height: 12px; border: 2px solid var(--lamp); border-radius: 50%; }
/* Full, half, empty and broken: so it is told without colours as well. */
[data-health=fast] { --lamp: var(--executed); }
[data-health=slow] { --lamp: var(--pre-accepted); }
[data-health=none] { --lamp: var(--grave); }
[data-health=idle] { --lamp: var(--none); }
[data-health=fast] .lamp { background: var(--lamp); }
[data-health=slow] .lamp { background: linear-gradient(var(--lamp) 50%, transparent 50%); }
[data-health=idle] .lamp { border-style: dotted; }

.inspector:not(.corner) > button { margin-top: 10px; }
.panel { margin-top: 10px; }
.corner .panel { width: min(680px, calc(100vw - 24px)); max-height: min(80vh, 760px); margin: 0; padding: 14px 16px; overflow: auto;
  border: 1px solid var(--rule); border-radius: 8px; background: var(--paper); box-shadow: 0 4px 24px rgb(0 0 0 / 22%); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr)); gap: 14px 28px; }
.title { font-weight: 600; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; }
dt { color: var(--quiet); }
dd, li, .why { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.members li { display: flex; gap: 8px; align-items: baseline; }
.members li::before { flex: none; width: 9px; height: 9px; border: 2px solid var(--executed); border-radius: 50%; content: ''; }
.members [data-reached=self]::before, .members [data-reached=webrtc]::before, .members [data-reached=local]::before { background: var(--executed); }
.members [data-reached=away]::before { border-style: dotted; border-color: var(--grave); }
.members strong { flex: none; }
.members span { color: var(--quiet); }
.findings li { padding-inline-start: 10px; border-inline-start: 3px solid var(--pre-accepted); }
.findings li + li { margin-top: 4px; }
.findings .fine { border-color: var(--executed); color: var(--quiet); }
.why { margin-top: 12px; color: var(--quiet); }
.grid { margin-top: 14px; min-width: 0; }
`
