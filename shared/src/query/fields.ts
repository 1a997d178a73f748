import { SPAN_STATUSES, SPAN_TYPES } from '../event/event.ts';

/** What a query is about. */
export type QuerySubject = 'run' | 'span';

/**
 * What can be filtered on, by name. `kind` says how a value is written: text as it is, one of a list,
 * a count, a duration (`2s`, `150ms`), money in US dollars, or a time (ISO 8601, or `-1h`: an hour ago).
 */
export interface FieldEntry {
  kind: 'text' | 'choice' | 'count' | 'duration' | 'money' | 'time';
  choices?: Readonly<Partial<Record<QuerySubject, readonly string[]>>>;
  /** Of which rows: runs, spans, or both. */
  of: readonly QuerySubject[];
  meaning: string;
}

const BOTH = ['run', 'span'] as const;

/** PROTOCOL.md's table, the REST parameters, the CLI's help and both archives come from this. */
export const QUERY_FIELDS = {
  trace: { kind: 'text', of: BOTH, meaning: "trace id, which is the run's id" },
  name: { kind: 'text', of: BOTH, meaning: 'name of the run or span' },
  service: { kind: 'text', of: ['run'], meaning: 'program that published the run' },
  agent: { kind: 'text', of: BOTH, meaning: 'agent the run or span belongs to' },
  type: { kind: 'choice', choices: { span: SPAN_TYPES }, of: ['span'], meaning: 'kind of step' },
  status: {
    kind: 'choice',
    choices: {
      run: ['running', 'ok', 'error', 'lost'],
      span: ['open', ...SPAN_STATUSES, 'lost'],
    },
    of: BOTH,
    meaning: 'how it stands; whether it is over counts before how it closed',
  },
  model: { kind: 'text', of: BOTH, meaning: 'model that was called' },
  provider: { kind: 'text', of: ['span'], meaning: 'who runs the model' },
  session: { kind: 'text', of: BOTH, meaning: 'conversation or session' },
  user: { kind: 'text', of: BOTH, meaning: 'user' },
  tag: { kind: 'text', of: ['run'], meaning: 'one of the tags' },
  error: { kind: 'text', of: ['span'], meaning: "error's type" },
  start: { kind: 'time', of: BOTH, meaning: 'when it started' },
  duration: { kind: 'duration', of: BOTH, meaning: 'how long it took, of what is over' },
  tokens: { kind: 'count', of: BOTH, meaning: 'tokens in and out together' },
  input: { kind: 'count', of: BOTH, meaning: 'tokens in' },
  output: { kind: 'count', of: BOTH, meaning: 'tokens out' },
  cached: { kind: 'count', of: BOTH, meaning: 'tokens in that came from a cache' },
  cost: { kind: 'money', of: BOTH, meaning: 'cost, where it is known' },
  spans: { kind: 'count', of: ['run'], meaning: 'spans of the run' },
  errors: { kind: 'count', of: ['run'], meaning: 'failed spans of the run' },
} as const satisfies Record<string, FieldEntry>;

export type QueryField = keyof typeof QUERY_FIELDS;

export function isQueryField(name: string): name is QueryField {
  return Object.hasOwn(QUERY_FIELDS, name);
}

/** The table's entry, without its literal types. */
export function fieldEntry(field: QueryField): FieldEntry {
  return QUERY_FIELDS[field];
}

/** Names of the fields that rows of this kind have. */
export function fieldsOf(subject: QuerySubject): QueryField[] {
  return (Object.keys(QUERY_FIELDS) as QueryField[]).filter((field) =>
    fieldEntry(field).of.includes(subject),
  );
}
