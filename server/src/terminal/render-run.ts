import type { RunTree, SpanNode } from '@spantail/protocol';
import stringWidth from 'string-width';
import { pickRows, type Row } from './pick-rows.ts';
import type { Style } from './style.ts';
import { fit, formatDuration, oneLine } from './text.ts';

export interface RenderOptions {
  /** The viewer's clock, µs since the epoch: running clocks are drawn against it. */
  nowUs: number;
  columns: number;
  /** Rows to fill at most; `Infinity` for the whole tree. */
  rows: number;
  style: Style;
  /** How the watching goes: `connecting`, `catching-up`, `live`, `ended`, … */
  status: string;
  /** Shown under the header when not empty. */
  note?: string;
}

/** A run as lines of text: header, then the tree as far as it fits, open spans first in line. */
export function renderRun(tree: RunTree, options: RenderOptions): string {
  const { columns, rows, note = '' } = options;
  const head = [header(tree, options)];
  if (note !== '') head.push(options.style.lost(fit(`  ${oneLine(note)}`, columns)));
  if (tree.spanCount === 0)
    head.push(options.style.dim(options.status === 'live' ? '  waiting for the first step' : ''));
  const body = pickRows(tree, rows - head.length).map((row) => renderRow(row, options));
  return [...head, ...body].join('\n');
}

function header(tree: RunTree, { nowUs, columns, style, status }: RenderOptions): string {
  const [root] = tree.roots;
  const service = root?.attributes['service.name'];
  const parts = [
    `${tree.spanCount} ${tree.spanCount === 1 ? 'step' : 'steps'}`,
    tree.openCount > 0 ? style.open(`${tree.openCount} open`) : '',
    tree.errorCount > 0 ? style.failed(`${tree.errorCount} failed`) : '',
    lossText(tree, style),
    root?.startUs === undefined ? '' : formatDuration(spanEndUs(root, nowUs) - root.startUs),
    status,
  ].filter((part) => part !== '');
  const name = typeof service === 'string' ? oneLine(service) : 'run';
  return fit(
    `${style.bold(name)} ${style.dim(tree.traceId)}  ${parts.join(style.dim(' · '))}`,
    columns,
  );
}

function lossText(tree: RunTree, style: Style): string {
  const { events, updates, payloads } = tree.dropped;
  const lost = events + updates + payloads;
  return lost === 0 ? '' : style.lost(`${lost} dropped by the publisher`);
}

function renderRow(row: Row, options: RenderOptions): string {
  const { style, columns } = options;
  if (row.kind === 'hidden') return style.dim(fit(`${row.indent}⋮ ${row.count} more`, columns));
  const { span } = row;
  const { mark, paint } = look(span, style);
  const took =
    span.startUs === undefined ? '' : formatDuration(spanEndUs(span, options.nowUs) - span.startUs);
  const left = `${style.dim(row.indent)}${paint(mark)} ${style.bold(oneLine(span.name) || '(no name yet)')}`;
  const right = [style.dim(span.spanType), paint(took), detail(span, style)].filter(Boolean);
  return fit(`${left}  ${right.join('  ')}`, columns);
}

function look(span: SpanNode, style: Style): { mark: string; paint: (text: string) => string } {
  if (span.state === 'lost') return { mark: '?', paint: style.lost };
  if (span.state !== 'closed') return { mark: '●', paint: style.open };
  if (span.status === 'error') return { mark: '✖', paint: style.failed };
  return { mark: '✔', paint: style.ok };
}

/** The one thing worth a look: why it failed, what it says right now, or what it was given. */
function detail(span: SpanNode, style: Style): string {
  if (span.status === 'error') {
    const { error } = span;
    const text = error === undefined ? 'failed' : `${error.type}: ${error.message}`;
    return style.failed(oneLine(text.slice(0, 400)));
  }
  if (span.state === 'lost') return style.lost('lost: its publisher went silent');
  if (span.state === 'open' && span.outputText !== '')
    return style.dim(`… ${oneLine(span.outputText.slice(-LIVE_CHARACTERS))}`);
  const tokens = span.usage;
  const used =
    tokens?.inputTokens === undefined
      ? ''
      : `${tokens.inputTokens} → ${tokens.outputTokens ?? 0} tokens  `;
  const shown =
    span.state === 'open' ? span.input?.preview : (span.output?.preview ?? span.outputText);
  return style.dim(used + oneLine((shown ?? '').slice(0, 200)));
}

const LIVE_CHARACTERS = 60;

function spanEndUs(span: SpanNode, nowUs: number): number {
  return span.endUs ?? Math.max(nowUs, span.startUs ?? nowUs);
}

/** Width in terminal columns of the longest line, for tests and for fitting boxes. */
export function widestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}
