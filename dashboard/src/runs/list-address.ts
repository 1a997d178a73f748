import type { UseRunsOptions } from '@spantail/client/react';
import { SORT_FIELDS, type SortField as AnySortField } from '@spantail/protocol';

export const RANGES = [
  { value: '', label: 'Any time' },
  { value: '15m', label: 'Last 15 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
] as const;

export const CHIPS = [
  { status: 'running', label: 'Running' },
  { status: 'error', label: 'Failed' },
  { status: 'lost', label: 'Lost' },
] as const;

export type SortField = AnySortField<'run'>;

/** What the list shows, as the page's address says it. */
export interface ListAddress {
  q: string;
  /** One of the chips; empty: any. */
  status: string;
  /** How far back runs started; empty: any time. */
  range: string;
  sort: { field: SortField; descending: boolean };
}

/** An address is anybody's text: what it does not know is left out. */
export function readAddress(search: URLSearchParams): ListAddress {
  const status = search.get('status') ?? '';
  const range = search.get('range') ?? '';
  const [, sign, name] = /^(-?)(\w+)$/.exec(search.get('sort') ?? '') ?? [];
  const field = SORT_FIELDS.run.find((one) => one === name);
  return {
    q: search.get('q') ?? '',
    status: CHIPS.some((chip) => chip.status === status) ? status : '',
    range: RANGES.some(({ value }) => value === range) ? range : '',
    sort:
      field === undefined
        ? { field: 'start', descending: true }
        : { field, descending: sign === '-' },
  };
}

/** The usual is not written. */
export function writeAddress({ q, status, range, sort }: ListAddress): URLSearchParams {
  const search = new URLSearchParams();
  if (q.trim() !== '') search.set('q', q);
  if (status !== '') search.set('status', status);
  if (range !== '') search.set('range', range);
  const isUsual = sort.field === 'start' && sort.descending;
  if (!isUsual) search.set('sort', `${sort.descending ? '-' : ''}${sort.field}`);
  return search;
}

export function questionOf({ q, status, range, sort }: ListAddress): UseRunsOptions {
  return {
    ...(q.trim() === '' ? {} : { q }),
    ...(status === '' ? {} : { status }),
    ...(range === '' ? {} : { start: `>-${range}` }),
    sort: sort.descending ? `-${sort.field}` : sort.field,
  };
}

/** A second press of a column turns its order round. */
export function sortedBy(address: ListAddress, field: SortField): ListAddress {
  const descending = address.sort.field === field ? !address.sort.descending : true;
  return { ...address, sort: { field, descending } };
}

export function isNarrowed({ q, status, range }: ListAddress): boolean {
  return q.trim() !== '' || status !== '' || range !== '';
}
