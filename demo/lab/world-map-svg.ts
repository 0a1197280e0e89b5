const SVG = 'http://www.w3.org/2000/svg'

/** A new SVG element with these attributes. */
export const svg = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[Tag] => {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  return made
}

/** Its units are CSS pixels. */
export const sized = (drawing: SVGSVGElement, width: number, height: number): void => {
  drawing.setAttribute('viewBox', `0 0 ${width} ${height}`)
  drawing.setAttribute('height', String(height))
}
