import {
  QUERY_LIMITS,
  QueryError,
  fieldsOf,
  parseFilter,
  parseParameter,
  readDuration,
  type Filter,
  type QuerySubject,
  type SortField,
} from '@spantail/protocol';
import type { PageQuery, StatsGroup, StatsQuery } from '../../archive/archive.ts';
import { fingerprintOf, readToken, writeToken, type PageToken } from './page-token.ts';
import type { Parameters } from './parameters.ts';
import { LIST_LIMIT } from './schemas.ts';

/** Narrowest time slot of statistics. */
const LEAST_EVERY_US = 1_000_000;

/** One page of a list, as it was asked for. */
export interface ListRequest<Subject extends QuerySubject> {
  query: PageQuery<Subject>;
  /** The `next` of an answer that ends at this row. */
  tokenAt: (key: PageToken['key']) => string;
}

/** @throws QueryError QUERY_INVALID, naming the parameter */
export function readListRequest<Subject extends QuerySubject>(
  project: string,
  subject: Subject,
  parameters: Parameters,
): ListRequest<Subject> {
  const { sort = '-start', limit, next } = parameters;
  const fingerprint = fingerprintOf(subject, parameters);
  const token = next === undefined ? undefined : readToken(next, fingerprint, subject);
  const nowUs = token?.nowUs ?? Date.now() * 1_000;
  const filter = readFilter(subject, parameters, nowUs);
  return {
    query: {
      project,
      ...(filter === undefined ? {} : { filter }),
      sort: sort.replace(/^-/, '') as SortField<Subject>,
      descending: sort.startsWith('-'),
      limit: Number(limit ?? LIST_LIMIT.usual),
      ...(token === undefined ? {} : { after: token.key }),
    },
    tokenAt: (key) => writeToken({ key, nowUs }, fingerprint),
  };
}

/** @throws QueryError QUERY_INVALID, naming the parameter */
export function readStatsRequest(project: string, parameters: Parameters): StatsQuery {
  const { by, every, limit } = parameters;
  const filter = readFilter('span', parameters, Date.now() * 1_000);
  const everyUs = every === undefined ? undefined : readDuration(every);
  if (every !== undefined && (everyUs === undefined || everyUs < LEAST_EVERY_US))
    throw new QueryError('every', 'it is a duration from 1s on, such as 5m, 1h or 1d');
  return {
    project,
    ...(filter === undefined ? {} : { filter }),
    ...(by === undefined ? {} : { by: by as StatsGroup }),
    ...(everyUs === undefined ? {} : { everyUs }),
    limit: Number(limit ?? LIST_LIMIT.usual),
  };
}

/** `q` and the fields' own parameters, all of which must match. */
function readFilter(
  subject: QuerySubject,
  parameters: Parameters,
  nowUs: number,
): Filter | undefined {
  const fields: readonly string[] = fieldsOf(subject);
  const parts: Filter[] = [];
  const options = { subject, nowUs };
  const { q } = parameters;
  const filter = q === undefined ? undefined : parseFilter(q, options);
  if (filter !== undefined) parts.push(filter);
  for (const [name, text] of Object.entries(parameters))
    if (fields.includes(name) || /^(@|attr\.)/.test(name))
      parts.push(parseParameter(name, text, options));
  if (parts.length > QUERY_LIMITS.terms)
    throw new QueryError('q', `there are at most ${QUERY_LIMITS.terms} conditions`);
  const [only] = parts;
  return parts.length < 2 ? only : { kind: 'and', of: parts };
}
