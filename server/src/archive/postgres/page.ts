import {
  sortValue,
  type PageKey,
  type RunRow,
  type SortField,
  type SpanRow,
} from '@spantail/protocol';
import type { Page, PageQuery } from '../archive.ts';
import { FilterCompiler, Parameters } from './compile-filter.ts';
import type { Connection } from './connection.ts';

interface SortColumn {
  name: string;
  type: string;
  /** Every row has one. */
  always?: true;
}

const SORT_COLUMNS: Record<SortField, SortColumn> = {
  start: { name: 'start_us', type: 'bigint' },
  duration: { name: 'duration_us', type: 'bigint' },
  tokens: { name: 'tokens', type: 'bigint' },
  cost: { name: 'cost_usd', type: 'float8' },
  activity: { name: 'activity_us', type: 'bigint', always: true },
  spans: { name: 'span_count', type: 'bigint', always: true },
  errors: { name: 'error_count', type: 'bigint', always: true },
};

export interface PageRequest extends Omit<PageQuery, 'project'> {
  of: 'run' | 'span';
  project: number;
  /** Of one run only. */
  within?: { traceId: string; week: number };
}

/**
 * A page in order, from where `after` says. Rows without a value come last: they are asked for by
 * themselves, when those with one are exhausted, so that an index serves either.
 */
export async function readPage<Row extends RunRow | SpanRow>(
  connection: Connection,
  request: PageRequest,
  decode: (body: Buffer) => Row,
): Promise<Page<Row>> {
  const { limit, after, sort } = request;
  const bodies: Buffer[] = [];
  // One more than the page: is there another?
  for (const part of after?.value === null
    ? (['without'] as const)
    : (['with', 'without'] as const)) {
    if (bodies.length > limit || (part === 'without' && SORT_COLUMNS[sort].always === true)) break;
    const { text, values } = statement(request, part, limit + 1 - bodies.length);
    const rows = await connection.query<{ body: Buffer }>(text, values);
    for (const { body } of rows) bodies.push(body);
  }
  const rows = bodies.slice(0, limit).map(decode);
  const last = rows.at(-1);
  if (last === undefined || bodies.length <= limit) return { rows };
  const next: PageKey = { value: sortValue(last, sort) ?? null, traceId: last.traceId };
  if ('spanId' in last) next.spanId = last.spanId;
  return { rows, next };
}

function statement(request: PageRequest, part: 'with' | 'without', limit: number) {
  const { of, project, filter, sort, descending, after, within } = request;
  const parameters = new Parameters();
  const alias = of === 'run' ? 'r' : 's';
  const column = SORT_COLUMNS[sort];
  const value = `${alias}.${column.name}`;
  const order = [
    ...(part === 'with' ? [value] : []),
    `${alias}.trace_id`,
    ...(of === 'span' ? [`${alias}.span_id`] : []),
  ];
  const conditions = [
    `${alias}.project = ${parameters.add(project, 'integer')}`,
    `${value} IS ${part === 'with' ? 'NOT ' : ''}NULL`,
  ];
  if (within !== undefined)
    conditions.push(
      `s.trace_id = ${parameters.add(within.traceId, 'uuid')}`,
      `s.week = ${parameters.add(within.week, 'integer')}`,
    );
  // Behind a row with a value come all those without one.
  if (after !== undefined && (part === 'with') === (after.value !== null)) {
    const key = [
      ...(part === 'with' ? [parameters.add(after.value, column.type)] : []),
      parameters.add(after.traceId, 'uuid'),
      ...(of === 'span' ? [parameters.add(`\\x${after.spanId ?? ''}`, 'bytea')] : []),
    ];
    conditions.push(`(${order.join(', ')}) ${descending ? '<' : '>'} (${key.join(', ')})`);
  }
  if (filter !== undefined)
    conditions.push(new FilterCompiler(of, project, parameters).compile(filter));
  const direction = descending ? 'DESC' : 'ASC';
  const text = `
    SELECT ${alias}.body FROM spantail.${of}s ${alias}
    WHERE ${conditions.join(' AND ')}
    ORDER BY ${order.map((each) => `${each} ${direction}`).join(', ')}
    LIMIT ${parameters.add(limit, 'integer')}`;
  return { text, values: parameters.values };
}
