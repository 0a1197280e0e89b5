import { encode } from 'uqr'

const SVG = 'http://www.w3.org/2000/svg'

/** Light around it, as wide as readers want it, in modules. */
const BORDER = 4

/** A picture that phones read as this link; its name says the link for who can't see, or scan, it. */
export const qrOf = (link: string): SVGSVGElement => {
  const { size, data } = encode(link, { ecc: 'L', border: BORDER })
  const drawing = document.createElementNS(SVG, 'svg')
  drawing.setAttribute('viewBox', `0 0 ${size} ${size}`)
  drawing.setAttribute('role', 'img')
  drawing.setAttribute('aria-label', `QR code of ${link}`)
  drawing.dataset.testid = 'qr'
  const path = document.createElementNS(SVG, 'path')
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? `M${x} ${y}h1v1h-1z` : [])))
  path.setAttribute('d', dark.join(''))
  drawing.append(path)
  return drawing
}
