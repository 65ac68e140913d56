// Draws a QR code, and the signs that take its place, as SVG: built from elements and attributes only, so that the
// strictest content security policy lets it be.
import { encode } from 'uqr';
import type { QRState } from './qr-words.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** Modules of white on each side; a scanner needs them to find the code, also on a dark page. */
const QUIET_ZONE = 4;
const SMALLEST_MODULE_PX = 2;

/** `size` in CSS pixels is what it takes at most; each module is a whole number of them, which keeps edges sharp. */
export function drawCode(content: string, size: number, title: string, description: string): SVGElement {
  const { data, size: modules } = encode(content, { ecc: 'M', border: 0 });
  const across = modules + 2 * QUIET_ZONE;
  const px = Math.max(Math.floor(size / across), SMALLEST_MODULE_PX) * across;
  const svg = element('svg', {
    viewBox: `0 0 ${across} ${across}`,
    width: px,
    height: px,
    role: 'img',
    'shape-rendering': 'crispEdges',
  });
  svg.append(named('title', title), named('desc', description));
  svg.append(element('path', { fill: '#fff', d: `M0 0h${across}v${across}H0z` }));
  svg.append(element('path', { fill: '#000', d: darkRuns(data) }));
  return svg;
}

/** One rectangle for each run of dark modules in a row. */
function darkRuns(rows: readonly boolean[][]): string {
  let path = '';
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      let end = x;
      while (row[end]) end += 1;
      if (end > x) path += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h${end - x}v1H${x + QUIET_ZONE}z`;
      x = end;
    }
  }
  return path;
}

/** In a field of 24 by 24, as lines. */
const SIGNS: Record<Exclude<QRState, 'open'>, string> = {
  checking: 'M6 12h.01M12 12h.01M18 12h.01',
  paid: 'M5 13l5 5L19 7',
  expired: 'M12 3a9 9 0 1 0 .01 0M12 7v5l3.5 2',
  cancelled: 'M12 3a9 9 0 1 0 .01 0M5.8 5.8l12.4 12.4',
  failed: 'M6 6l12 12M18 6L6 18',
};

/** Decoration: the words beside it say the same. */
export function drawSign(state: Exclude<QRState, 'open'>): SVGElement {
  const svg = element('svg', {
    viewBox: '0 0 24 24',
    width: 72,
    height: 72,
    'aria-hidden': 'true',
    class: state,
  });
  svg.append(
    element('path', {
      d: SIGNS[state],
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 2.5,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
  return svg;
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function named(name: 'title' | 'desc', text: string): SVGElement {
  const made = element(name, {});
  made.textContent = text;
  return made;
}
