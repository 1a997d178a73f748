import { QUERIES } from './schemas.ts';

const traceId = { type: 'string', pattern: '^[0-9a-f]{32}$' } as const;
const spanId = { type: 'string', pattern: '^[0-9a-f]{16}$' } as const;
const ofRun = { type: 'object', properties: { traceId } } as const;
const tags = ['record'] as const;

function answers(description: string, schema: object) {
  const problem = (why: string) => ({
    description: why,
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
  });
  return {
    200: { description, content: { 'application/json': { schema } } },
    400: problem('A parameter is wrong; the problem names it.'),
    404: problem('There is no such run or span, or no record at all.'),
    503: problem('The archive does not answer.'),
  };
}

function listOf(name: string, ref: string): object {
  return {
    type: 'object',
    properties: {
      [name]: { type: 'array', items: { $ref: ref } },
      next: { type: 'string', description: 'Absent: there are no more.' },
    },
  };
}

/** What the document says of each route; its parameters are checked by the same words. */
export const ROUTES = {
  runs: {
    tags,
    summary: 'Runs, newest first',
    querystring: QUERIES.runs,
    response: answers('One page of runs.', listOf('runs', 'Run#')),
  },
  spans: {
    tags,
    summary: 'Spans across runs',
    description: 'An attribute is a parameter, too: `@key=value` or `attr.key=>0.5`.',
    querystring: QUERIES.spans,
    response: answers('One page of spans.', listOf('spans', 'Span#')),
  },
  stats: {
    tags,
    summary: 'Counts, error rate, durations, tokens and cost of spans',
    description: 'By agent, model, … and over time. An attribute is a parameter, too.',
    querystring: QUERIES.stats,
    response: answers('Figures, a row for each group and time slot.', {
      type: 'object',
      properties: { stats: { type: 'array', items: { $ref: 'Stats#' } } },
    }),
  },
  run: {
    tags,
    summary: 'One run',
    params: ofRun,
    querystring: QUERIES.run,
    response: answers('The run as the record has it, also while it goes on.', { $ref: 'Run#' }),
  },
  runSpans: {
    tags,
    summary: 'Spans of one run, by start',
    params: ofRun,
    querystring: QUERIES.runSpans,
    response: answers('One page of spans.', listOf('spans', 'Span#')),
  },
  path: {
    tags,
    summary: 'From a span up to the root',
    description: 'Each step with what it was given and what it gave, the span itself first.',
    params: { type: 'object', properties: { traceId, spanId } },
    querystring: QUERIES.path,
    response: answers('The steps.', {
      type: 'object',
      properties: { path: { type: 'array', items: { $ref: 'Span#' } } },
    }),
  },
  events: {
    tags,
    summary: 'Events of one run, from any cursor, live or replayed',
    params: ofRun,
    querystring: QUERIES.events,
    response: {
      200: {
        description: 'Server-sent events, or an event a line.',
        content: {
          'text/event-stream': { schema: { type: 'string' } },
          'application/x-ndjson': { schema: { type: 'string' } },
        },
      },
    },
  },
} as const;
