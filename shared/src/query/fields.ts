import { SPAN_STATUSES, SPAN_TYPES } from '../event/event.ts';

/**
 * What can be filtered on, by name. `kind` says how a value is written: text as it is, one of a list,
 * a count, a duration (`2s`, `150ms`), money in US dollars, or a time (ISO 8601, or `-1h`: an hour ago).
 */
export interface FieldEntry {
  kind: 'text' | 'choice' | 'count' | 'duration' | 'money' | 'time';
  choices?: readonly string[];
  /** Of which rows: runs, spans, or both. */
  of: readonly ('run' | 'span')[];
  meaning: string;
}

const BOTH = ['run', 'span'] as const;

/** PROTOCOL.md's table, the REST parameters, the CLI's help and both archives come from this. */
export const QUERY_FIELDS = {
  trace: { kind: 'text', of: BOTH, meaning: 'trace id' },
  name: { kind: 'text', of: BOTH, meaning: 'name of the run or span' },
  service: { kind: 'text', of: ['run'], meaning: 'program that published the run' },
  agent: { kind: 'text', of: BOTH, meaning: 'agent the run or span belongs to' },
  type: { kind: 'choice', choices: SPAN_TYPES, of: ['span'], meaning: 'kind of step' },
  status: {
    kind: 'choice',
    choices: [...SPAN_STATUSES, 'running', 'open', 'lost'],
    of: BOTH,
    meaning:
      'how it stands: `running`, `ok`, `error`, `lost` of a run; `open`, `unset`, `ok`, `error`, `lost` of a span',
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
