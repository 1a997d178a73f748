import type { QuerySpan, RunRow } from '@spantail/client/query';
import { MOST_INDENT, pickRows } from '../../terminal/pick-rows.ts';
import { recordTree } from '../../terminal/record-tree.ts';
import { isUnnamed } from '../../terminal/render-header.ts';
import { renderRows } from '../../terminal/render-row.ts';
import {
  formatClock,
  formatMoney,
  formatStart,
  formatStatus,
  formatTokens,
  inkOf,
} from '../../terminal/table/cells.ts';
import { fit, lineFrom } from '../../terminal/text.ts';
import { COMMON, limitOf, parse, queryOf, requireNoMore, requireTraceId } from './arguments.ts';
import { jsonLine, print, screen, type Screen } from './output.ts';

const OPTIONS = { ...COMMON, limit: { type: 'string' } } as const;

/** `spantail show`: one run of the record as a tree. */
export async function show(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  requireNoMore(positionals, 1);
  const traceId = requireTraceId(positionals[0]);
  const limit = limitOf(values, Number.POSITIVE_INFINITY);
  const query = queryOf(values);
  const run = await query.run(traceId, { signal });
  const spans: QuerySpan[] = [];
  if (values['json'] === true) await print(jsonLine(run));
  for await (const span of query.runSpans(traceId, { signal })) {
    if (values['json'] === true) await print(jsonLine(span));
    else spans.push(span);
  }
  if (values['json'] === true) return 0;
  const view = screen();
  const nowUs = Date.now() * 1_000;
  const mostIndent = Math.min(MOST_INDENT, Math.floor(view.columns / 3));
  const rows = pickRows(recordTree(traceId, spans), limit, mostIndent);
  await print(
    [...headOf(run, view, nowUs), ...renderRows(rows, { ...view, nowUs, cost: true })].join('\n'),
  );
  return 0;
}

function headOf(run: RunRow, { columns, style }: Screen, nowUs: number): string[] {
  const ink = inkOf(run.status, style);
  const dropped = run.dropped.events + run.dropped.updates + run.dropped.payloads;
  const tokens = formatTokens(run.inputTokens, run.outputTokens);
  const facts = [
    `${run.spanCount} ${run.spanCount === 1 ? 'step' : 'steps'}`,
    run.openCount === 0 ? '' : `${run.openCount} open`,
    run.errorCount === 0 ? '' : `${run.errorCount} failed`,
    run.lostCount === 0 ? '' : `${run.lostCount} lost`,
    dropped === 0 ? '' : `${dropped} dropped by the publisher`,
    tokens === '' ? '' : `${tokens} tokens`,
    formatMoney(run.costUsd),
    formatClock({ ...run, isOpen: run.status === 'running' }, nowUs),
  ];
  const origin = [
    run.traceId,
    `started ${formatStart(run.startUs)}`,
    run.service === undefined || isUnnamed(run.service) ? '' : run.service,
    run.agent === undefined ? '' : `agent ${run.agent}`,
    run.sessionId === undefined ? '' : `session ${run.sessionId}`,
    run.userId === undefined ? '' : `user ${run.userId}`,
    ...run.tags.map((tag) => `#${tag}`),
  ];
  const join = (parts: string[]): string =>
    parts
      .filter((part) => part !== '')
      .map((part) => lineFrom(part, 200))
      .join(' · ');
  const status = formatStatus(run.status);
  const name = fit(lineFrom(run.name, 200), Math.floor(columns / 2));
  const room = columns - name.length - status.length - 4;
  return [
    `${ink(status)}  ${style.bold(name)}  ${fit(join(facts), room)}`,
    style.dim(fit(join(origin), columns)),
  ];
}
