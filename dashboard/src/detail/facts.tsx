import type { WatchedSpan, WatchedTree } from '@spantail/client';
import { factsOf, inheritedOf, TEXT_ATTRIBUTES, readText } from '@spantail/protocol';
import type { ReactNode } from 'react';
import { formatCost, formatDuration, formatTime } from '../format/quantities.ts';
import { visibleName } from '../payload/visible-text.ts';
import type { Timing } from './timing.ts';

/** What is known of a span besides its content: names, tokens, cost, times. */
export function Facts({
  tree,
  span,
  timing,
}: {
  tree: WatchedTree;
  span: WatchedSpan;
  timing: Timing;
}): ReactNode {
  const rows = [...nameRows(tree, span), ...usageRows(span), ...timeRows(span, timing)];
  if (rows.length === 0) return null;
  return (
    <dl className="detail-facts">
      {rows.map(([name, value, title]) => (
        <div key={name} className={value.length > MOST_NARROW ? 'is-wide' : undefined}>
          <dt>{name}</dt>
          <dd title={title ?? value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Characters that one column has room for. */
const MOST_NARROW = 13;

type Row = [name: string, value: string, title?: string];

function nameRows(tree: WatchedTree, span: WatchedSpan): Row[] {
  const { model, provider } = factsOf(span);
  const { agent, sessionId, userId } = inheritedOf(tree, span);
  const answered = readText(span.attributes, TEXT_ATTRIBUTES.responseModel);
  const tool = readText(span.attributes, ['gen_ai.tool.name']);
  const rows: [string, string | undefined][] = [
    ['Model', model],
    ['Answered by', answered === model ? undefined : answered],
    ['Provider', provider],
    ['Tool', tool],
    ['Agent', agent],
    ['Session', sessionId],
    ['User', userId],
  ];
  return rows.flatMap(([name, value]): Row[] =>
    value === undefined ? [] : [[name, visibleName(value, 200)]],
  );
}

function usageRows(span: WatchedSpan): Row[] {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, costUsd } =
    factsOf(span).usage;
  const known = inputTokens !== undefined && outputTokens !== undefined;
  const total = span.usage?.totalTokens ?? (known ? inputTokens + outputTokens : undefined);
  const counts: Row[] = [
    ...countRow('Tokens in', inputTokens, cachedInputTokens, 'cached'),
    ...countRow('Tokens out', outputTokens, reasoningTokens, 'reasoning'),
    ...countRow('Tokens in all', total),
  ];
  return costUsd === undefined ? counts : [...counts, ['Cost', formatCost(costUsd), `$${costUsd}`]];
}

function countRow(name: string, count: number | undefined, part?: number, of = ''): Row[] {
  const inner = part === undefined ? '' : `${part.toLocaleString()} ${of}`;
  if (count === undefined) return inner === '' ? [] : [[name, inner]];
  const all = count.toLocaleString();
  return [[name, inner === '' ? all : `${all} (${inner})`]];
}

function timeRows(span: WatchedSpan, timing: Timing): Row[] {
  const { startUs, endUs, offsetUs, selfUs, firstOutputUs } = timing;
  const rows: Row[] = [];
  if (startUs !== undefined) rows.push(['Start', formatTime(startUs), exact(startUs)]);
  if (endUs !== undefined) rows.push(['End', formatTime(endUs), exact(endUs)]);
  if (offsetUs !== undefined)
    rows.push(['Into the run', `${offsetUs < 0 ? '−' : '+'}${formatDuration(Math.abs(offsetUs))}`]);
  if (selfUs !== undefined && span.children.length > 0)
    rows.push(['Self time', formatDuration(selfUs)]);
  if (firstOutputUs !== undefined) rows.push(['First output', formatDuration(firstOutputUs)]);
  return rows;
}

function exact(us: number): string {
  const time = new Date(us / 1_000);
  return Number.isNaN(time.getTime()) ? String(us) : time.toISOString();
}
