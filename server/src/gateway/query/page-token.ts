import {
  QueryError,
  fnv1a,
  isSpanId,
  isTraceId,
  type PageKey,
  type QuerySubject,
} from '@spantail/protocol';

/** Where a list goes on. Opaque to users. */
export interface PageToken {
  key: PageKey;
  /** The clock of the first page, so that `-1h` is the same hour on each of them. */
  nowUs: number;
}

/** What of a query must be the same for its next page: all parameters but these. */
const MAY_CHANGE: ReadonlySet<string> = new Set(['next', 'limit', 'payloads']);
const MOST_CHARACTERS = 512;

export function writeToken({ key, nowUs }: PageToken, fingerprint: string): string {
  const { value, traceId, spanId } = key;
  return Buffer.from(JSON.stringify([fingerprint, nowUs, value, traceId, spanId])).toString(
    'base64url',
  );
}

/** @throws QueryError when it is none, or belongs to another query */
export function readToken(text: string, fingerprint: string, subject: QuerySubject): PageToken {
  const parts = text.length > MOST_CHARACTERS ? undefined : parseArray(text);
  const [whose, nowUs, value, traceId, spanId] = parts ?? [];
  if (typeof whose !== 'string' || !isTime(nowUs) || !isTraceId(traceId))
    throw new QueryError('next', 'this is no "next" of an answer; leave it out for the first page');
  const isSpan = subject === 'span';
  if (whose !== fingerprint || (isSpan && !isSpanId(spanId)))
    throw new QueryError(
      'next',
      'it belongs to another query: pass it with the parameters of the answer it came from',
    );
  if (value !== null && !(typeof value === 'number' && Number.isFinite(value)))
    throw new QueryError('next', 'it was changed; pass it as it was given');
  const key: PageKey = { value, traceId };
  if (isSpan && isSpanId(spanId)) key.spanId = spanId;
  return { key, nowUs };
}

/** Tells one query from another, whatever the order of their parameters. */
export function fingerprintOf(route: string, parameters: Readonly<Record<string, string>>): string {
  const kept = Object.entries(parameters)
    .filter(([name]) => !MAY_CHANGE.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return fnv1a(JSON.stringify([route, kept])).toString(36);
}

function parseArray(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
