import type { Source } from './sources.ts';

/** Attributes that say what went wrong; of each field the first one with a text counts. */
export const FAILURES = {
  type: [
    ['gen_ai', 'error.type'],
    ['spantail', 'exception.type'],
  ],
  message: [
    ['spantail', 'exception.message'],
    ['mastra', 'error.message'],
    ['langfuse', 'langfuse.observation.status_message'],
    ['genkit', 'genkit:error'],
  ],
  stack: [['spantail', 'exception.stacktrace']],
} as const satisfies Record<string, readonly (readonly [Source, string])[]>;
export type FailureField = keyof typeof FAILURES;

/** Attributes whose value says that it failed. */
export const FAILED: readonly (readonly [Source, string, string])[] = [
  ['langfuse', 'langfuse.observation.level', 'ERROR'],
  ['genkit', 'genkit:state', 'error'],
];

/** The event with `exception.type`, `exception.message` and `exception.stacktrace`. */
export const EXCEPTION_EVENT = 'exception';
