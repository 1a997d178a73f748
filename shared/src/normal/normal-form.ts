import type { Attributes, SpanError, SpanLog, SpanType, Usage } from '../event/event.ts';

/**
 * What a span says, in one form whoever sent it. Attributes that became something else here are
 * gone from `attributes`; those of a known meaning have the GenAI conventions' current name; all
 * others are as they came.
 */
export interface NormalForm {
  spanType: SpanType;
  /** What the step was given and what came of it, as JSON values; texts that are JSON are parsed. */
  input?: unknown;
  output?: unknown;
  usage?: Usage;
  /** What the source says went wrong, whether or not it set the status. */
  error?: SpanError;
  attributes: Attributes;
  /** Events that are no content, usage or error. */
  logs: SpanLog[];
}
