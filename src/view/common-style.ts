/** Of what explains the signs below a drawing: closed until somebody asks. */
export const LEGEND_CSS = `
.legend { margin: 4px 0 0; font: 12px/1.4 system-ui, sans-serif; color: var(--quiet, #5b6675); }
.legend summary { cursor: pointer; width: fit-content; padding: 4px 0; }
.legend summary:focus-visible { outline: 2px solid var(--accent, #10714f); outline-offset: 2px; }
.legend ul { display: flex; flex-wrap: wrap; margin: 4px 0 0; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 6px; }
`

/** Where a system asks for its own few colours, shapes alone tell phases apart: that is what they are for. */
export const FORCED_COLOURS_CSS = `
@media (forced-colors: active) {
  :host {
    --ink: CanvasText; --quiet: CanvasText; --paper: Canvas; --accent: Highlight; --grown: LinkText; --grave: LinkText;
    --rule: color-mix(in srgb, CanvasText 25%, Canvas); --edge: color-mix(in srgb, CanvasText 60%, Canvas);
    --none: CanvasText; --pre-accepted: CanvasText; --accepted: CanvasText; --committed: CanvasText; --executed: CanvasText;
  }
  .legend svg { forced-color-adjust: none; }
}
`
