import type { Pen } from './arrow.js'

const SVG = 'http://www.w3.org/2000/svg'

/** A new SVG element with these attributes. */
export const svg = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[Tag] => {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}

/** Writes down what is drawn, as the `d` of a path. */
export class SvgPen implements Pen {
  d = ''

  moveTo(x: number, y: number): void {
    this.d += `M${x} ${y}`
  }

  lineTo(x: number, y: number): void {
    this.d += `L${x} ${y}`
  }

  bezierCurveTo(...numbers: number[]): void {
    this.d += `C${numbers.join(' ')}`
  }
}
