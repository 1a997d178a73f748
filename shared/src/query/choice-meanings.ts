import type { SpanType } from '../event/event.ts';
import type { RunStatus } from '../record/run-row.ts';
import type { SpanQueryStatus } from './field-values.ts';
import type { QueryField, QuerySubject } from './fields.ts';

const RUN_STATUSES: Record<RunStatus, string> = {
  running: 'it goes on',
  ok: 'it is over, and its root did not fail',
  error: 'it is over, and its root failed',
  lost: 'it is over: its publisher died on the way',
};
const SPAN_STATUSES: Record<SpanQueryStatus, string> = {
  open: 'it goes on',
  unset: 'it closed without saying how it went',
  ok: 'it closed, and says that it went well',
  error: 'it failed',
  lost: 'it never closed: its publisher died',
};
const SPAN_TYPES: Record<SpanType, string> = {
  agent: 'an agent, with what it does',
  model: 'a call of a model',
  tool: 'a call of a tool',
  retrieval: 'a search for documents',
  embedding: 'texts made into vectors',
  guardrail: 'a check of what goes in or out',
  handoff: 'one agent hands over to another',
  step: 'any other step',
};
const MEANINGS: Partial<
  Record<QueryField, Partial<Record<QuerySubject, Readonly<Record<string, string>>>>>
> = {
  status: { run: RUN_STATUSES, span: SPAN_STATUSES },
  type: { span: SPAN_TYPES },
};

/** What a value of a field with a list of them means, in a line. */
export function choiceMeaning(
  field: QueryField,
  subject: QuerySubject,
  choice: string,
): string | undefined {
  return MEANINGS[field]?.[subject]?.[choice];
}
