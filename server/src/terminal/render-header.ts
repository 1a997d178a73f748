import type { RunTree } from '@spantail/protocol';
import type { Style } from './style.ts';
import { fit, formatDuration, lineFrom, widthOf } from './text.ts';

/** Longest name of a service in the header. */
const SERVICE_COLUMNS = 32;

export interface HeaderOptions {
  nowUs: number;
  columns: number;
  style: Style;
  status: string;
}

/** `research-agent  live · 9 steps · 3 open · 1 failed · 14.2 s  <trace id>`, the id as it fits. */
export function renderHeader(tree: RunTree, options: HeaderOptions): string {
  const { columns, style } = options;
  const name = fit(serviceOf(tree), Math.min(SERVICE_COLUMNS, columns));
  const facts = factsOf(tree, options);
  const plain = [name, facts.map(({ text }) => text).join(' · ')].join('  ');
  const room = columns - widthOf(plain) - 2;
  if (room < 0) return style.bold(name) + style.dim(fit(plain, columns).slice(name.length));
  const { traceId } = tree;
  const id =
    room >= traceId.length ? traceId : room > SHORT_ID ? `${traceId.slice(0, SHORT_ID)}…` : '';
  const shown = facts.map(({ text, paint }) => paint(text)).join(style.dim(' · '));
  return `${style.bold(name)}  ${shown}${id === '' ? '' : `  ${style.dim(id)}`}`;
}

const SHORT_ID = 8;

interface Fact {
  text: string;
  paint: (text: string) => string;
}

function factsOf(tree: RunTree, { nowUs, style, status }: HeaderOptions): Fact[] {
  const { spanCount, openCount, dropped } = tree;
  const unsent = dropped.events + dropped.updates + dropped.payloads;
  const { failed, lost } = endsOf(tree);
  const clock = clockOf(tree, nowUs);
  const facts: (Fact | undefined)[] = [
    { text: status, paint: status === 'live' ? style.open : style.bold },
    { text: `${spanCount} ${spanCount === 1 ? 'step' : 'steps'}`, paint: String },
    openCount === 0 ? undefined : { text: `${openCount} open`, paint: style.open },
    failed === 0 ? undefined : { text: `${failed} failed`, paint: style.failed },
    lost === 0 ? undefined : { text: `${lost} lost`, paint: style.lost },
    unsent === 0 ? undefined : { text: `${unsent} dropped by the publisher`, paint: style.lost },
    clock === '' ? undefined : { text: clock, paint: String },
  ];
  return facts.filter((fact) => fact !== undefined);
}

/** Steps that failed, and those whose publisher went silent: nobody knows how they ended. */
function endsOf(tree: RunTree): { failed: number; lost: number } {
  const ends = { failed: 0, lost: 0 };
  // Both are errors: a run without any is not walked for each frame.
  if (tree.errorCount === 0) return ends;
  for (const { span } of tree.walk()) {
    if (span.state === 'lost') ends.lost++;
    else if (span.status === 'error') ends.failed++;
  }
  return ends;
}

function serviceOf({ roots }: RunTree): string {
  const service = roots[0]?.attributes['service.name'];
  const name = typeof service === 'string' ? lineFrom(service, 4 * SERVICE_COLUMNS) : '';
  return name === '' || isUnnamed(name) ? 'run' : name;
}

/** What OpenTelemetry's SDKs say where nobody has said anything: `unknown_service:node`. */
export function isUnnamed(service: string): boolean {
  return /^unknown_service(?::|$)/.test(service);
}

/** From the first root's start to its end: the clock stands still when the run does. */
function clockOf({ roots }: RunTree, nowUs: number): string {
  const [root] = roots;
  if (root?.startUs === undefined) return '';
  return formatDuration((root.endUs ?? nowUs) - root.startUs);
}
