import type { RunRow } from '../record/run-row.ts';
import type { SpanRow, TokenCounts } from '../record/span-row.ts';
import type { QueryField } from './fields.ts';
import type { SortField } from './filter.ts';

type Value = string | number | undefined;

/** What a span's `status` is for a query: whether it is over counts before how it closed. */
export type SpanQueryStatus = 'open' | 'lost' | 'unset' | 'ok' | 'error';

export function spanQueryStatus({ state, status }: Pick<SpanRow, 'state' | 'status'>) {
  const shown: SpanQueryStatus = state === 'lost' ? 'lost' : state === 'closed' ? status : 'open';
  return shown;
}

/** In and out together; absent when neither is known. */
export function totalTokens({ inputTokens, outputTokens }: TokenCounts): number | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

/** A run's values of a field; none where it has none. */
export function runValues(row: RunRow, field: QueryField): (string | number)[] {
  if (field === 'model') return row.models;
  if (field === 'tag') return row.tags;
  const value = runValue(row, field);
  return value === undefined ? [] : [value];
}

function runValue(row: RunRow, field: QueryField): Value {
  switch (field) {
    case 'service':
      return row.service;
    case 'status':
      return row.status;
    case 'spans':
      return row.spanCount;
    case 'errors':
      return row.errorCount;
    default:
      return commonValue(row, field);
  }
}

/** A span's values of a field; none where it has none. */
export function spanValues(row: SpanRow, field: QueryField): (string | number)[] {
  const value = spanValue(row, field);
  return value === undefined ? [] : [value];
}

function spanValue(row: SpanRow, field: QueryField): Value {
  switch (field) {
    case 'type':
      return row.type;
    case 'status':
      return spanQueryStatus(row);
    case 'model':
      return row.model;
    case 'provider':
      return row.provider;
    case 'error':
      return row.error?.type;
    default:
      return commonValue(row, field);
  }
}

function commonValue(row: RunRow | SpanRow, field: QueryField): Value {
  switch (field) {
    case 'trace':
      return row.traceId;
    case 'name':
      return row.name;
    case 'agent':
      return row.agent;
    case 'session':
      return row.sessionId;
    case 'user':
      return row.userId;
    case 'input':
      return row.inputTokens;
    case 'output':
      return row.outputTokens;
    case 'cached':
      return row.cachedInputTokens;
    case 'start':
    case 'duration':
    case 'tokens':
    case 'cost':
      return sortValue(row, field);
    default:
      return undefined;
  }
}

/** What a row is ordered by; absent: it comes last. */
export function sortValue(row: RunRow | SpanRow, field: SortField): number | undefined {
  switch (field) {
    case 'start':
      return row.startUs;
    case 'duration':
      return row.durationUs;
    case 'tokens':
      return totalTokens(row);
    case 'cost':
      return row.costUsd;
    case 'activity':
      return 'lastActivityUs' in row ? row.lastActivityUs : undefined;
    case 'spans':
      return 'lastActivityUs' in row ? row.spanCount : undefined;
    case 'errors':
      return 'lastActivityUs' in row ? row.errorCount : undefined;
  }
}
