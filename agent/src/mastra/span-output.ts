import type { MastraError, MastraSpan } from './mastra-event.ts';

/** Spans whose output is a text beside lists that are mostly empty. */
const SPEAKERS = new Set(['agent_run', 'model_generation', 'model_step', 'model_inference']);

/** What came of a span: where that is nothing but a text, the text. */
export function toOutput({ type, output }: MastraSpan): unknown {
  if (!SPEAKERS.has(type) || typeof output !== 'object' || output === null) return output;
  const { text, ...rest } = output as { text?: unknown };
  const isAlone = Object.values(rest).every(
    (value) => value === undefined || (Array.isArray(value) && value.length === 0),
  );
  return typeof text === 'string' && isAlone ? text : output;
}

/** A whole piece of text that a model has written, if that is what a `model_chunk` is. */
export function chunkText({ attributes, output }: MastraSpan): string | undefined {
  const { chunkType } = (attributes ?? {}) as { chunkType?: unknown };
  if (chunkType !== 'text' || typeof output !== 'object' || output === null) return undefined;
  const { text } = output as { text?: unknown };
  return typeof text === 'string' ? text : undefined;
}

/** Mastra describes errors; a span wants one that was thrown. */
export function toError({ message, name, stack }: MastraError): Error {
  const error = new Error(message);
  if (name !== undefined) error.name = name;
  // Ours would point at this file.
  error.stack = stack ?? `${error.name}: ${message}`;
  return error;
}
