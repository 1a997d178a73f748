import {
  SORT_FIELDS,
  STATS_GROUPS,
  fieldEntry,
  fieldsOf,
  type QuerySubject,
} from '@spantail/protocol';
import type { ParameterSchema, QuerySchema } from './parameters.ts';

/** Rows of one page of a list. */
export const LIST_LIMIT = { most: 1_000, usual: 50 } as const;
/** Spans of one page of a run. */
export const RUN_SPANS_LIMIT = { most: 1_000, usual: 1_000 } as const;

const NEXT: ParameterSchema = {
  type: 'string',
  description: 'Goes on where an answer ended: its `next`.',
};
const PAYLOADS: ParameterSchema = {
  type: 'string',
  enum: ['reference', 'full'],
  default: 'reference',
  description: 'With `full`, inputs and outputs come with their whole value, as far as 16 MiB go.',
};

function limit({ most, usual }: { most: number; usual: number }, what: string): ParameterSchema {
  const description = `${what} at most. An answer of 8 MiB ends earlier.`;
  return { type: 'integer', minimum: 1, maximum: most, default: usual, description };
}

/** `q`, and each field of the rows. */
function filterParameters(subject: QuerySubject): Record<string, ParameterSchema> {
  const fields = fieldsOf(subject).map((field): [string, ParameterSchema] => {
    const { kind, choices, meaning } = fieldEntry(field);
    const written = choices?.[subject]?.join(', ') ?? kind;
    return [field, { type: 'string', description: `${meaning} (${written})` }];
  });
  const q: ParameterSchema = {
    type: 'string',
    description: 'A filter: `status:error duration:>2s "rate limit"`. All parameters must match.',
  };
  return { q, ...Object.fromEntries(fields) };
}

function listQuery(subject: QuerySubject): QuerySchema {
  const sort: ParameterSchema = {
    type: 'string',
    enum: SORT_FIELDS[subject].flatMap((field) => [`-${field}`, field]),
    default: '-start',
    description: 'What rows are ordered by, with `-` the largest first.',
  };
  return {
    type: 'object',
    properties: {
      ...filterParameters(subject),
      sort,
      limit: limit(LIST_LIMIT, 'Rows'),
      next: NEXT,
    },
    'x-attributes': subject === 'span',
  };
}

export const QUERIES = {
  runs: listQuery('run'),
  spans: listQuery('span'),
  stats: {
    type: 'object',
    properties: {
      ...filterParameters('span'),
      by: { type: 'string', enum: STATS_GROUPS, description: 'One row for each of these.' },
      every: { type: 'string', description: 'One row for each time slot this long: `1h`.' },
      limit: limit(LIST_LIMIT, 'Groups'),
    },
    'x-attributes': true,
  },
  run: { type: 'object', properties: {} },
  runSpans: {
    type: 'object',
    properties: { limit: limit(RUN_SPANS_LIMIT, 'Spans'), next: NEXT, payloads: PAYLOADS },
  },
  path: { type: 'object', properties: { payloads: PAYLOADS } },
  events: {
    type: 'object',
    properties: {
      after: { type: 'string', description: 'Goes on behind this cursor.' },
      follow: {
        type: 'string',
        enum: ['true', 'false'],
        description:
          'Absent: ends with the run. `true`: goes on after it. `false`: ends when all there is has been sent.',
      },
      format: {
        type: 'string',
        enum: ['sse', 'ndjson'],
        description: 'Absent: what the header Accept asks for, otherwise `sse`.',
      },
    },
  },
} as const satisfies Record<string, QuerySchema>;
