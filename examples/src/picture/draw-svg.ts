import type { Piece } from './screen.ts';

export interface DrawOptions {
  columns: number;
  rows: number;
  /** How long each frame stays; the last one stays three times as long. */
  frameMs: number;
  title: string;
}

const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 19;
const MARGIN = 16;
const BAR_HEIGHT = 30;

/**
 * Screens as one SVG that shows them in turn, as a terminal window with a background of its own, so
 * that it reads the same on a light and on a dark page. Without animation the last one is shown.
 */
export function drawSvg(screens: readonly Piece[][][], options: DrawOptions): string {
  const { columns, rows, frameMs, title } = options;
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
  const height = BAR_HEIGHT + rows * LINE_HEIGHT + MARGIN;
  const slots = screens.length + 2;
  const share = (slot: number): string => ((100 * slot) / slots).toFixed(2);
  const frames = screens.map((screen, index) => {
    const delayMs = index * frameMs;
    const last = index === screens.length - 1;
    const lines = screen.map((line, row) => drawLine(line, row)).join('');
    return `<g class="${last ? 'f last' : 'f'}" style="animation-delay:${delayMs}ms">${lines}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d7dde5;white-space:pre}
.dim{fill:#8b97a6}.bold{font-weight:600;fill:#f2f5f8}.open{fill:#4cc9e6}.ok{fill:#5fd38a}.failed{fill:#ff7b72}.lost{fill:#e3b341}
.f{visibility:hidden;animation:f ${slots * frameMs}ms steps(1,end) infinite}
.last{animation-name:last}
@keyframes f{0%{visibility:visible}${share(1)}%{visibility:hidden}}
@keyframes last{0%{visibility:visible}${share(3)}%{visibility:hidden}}
@media (prefers-reduced-motion:reduce){.f{animation:none}.last{visibility:visible}}
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9" fill="#12161c" stroke="#39424e"/>
<circle cx="20" cy="16" r="5" fill="#5b6673"/><circle cx="37" cy="16" r="5" fill="#5b6673"/><circle cx="54" cy="16" r="5" fill="#5b6673"/>
<text x="${width / 2}" y="21" text-anchor="middle" class="dim">${escape(title)}</text>
${frames.join('\n')}
</svg>
`;
}

/** Each piece stands at its column, whatever widths the reader's fonts have. */
function drawLine(pieces: readonly Piece[], row: number): string {
  const spans = pieces.map(({ column, text, look }) => {
    const x = (MARGIN + column * CELL_WIDTH).toFixed(1).replace(/\.0$/, '');
    return `<tspan x="${x}"${look === '' ? '' : ` class="${look}"`}>${escape(text)}</tspan>`;
  });
  const y = BAR_HEIGHT + (row + 0.8) * LINE_HEIGHT;
  return spans.length === 0 ? '' : `<text y="${y.toFixed(1)}">${spans.join('')}</text>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
