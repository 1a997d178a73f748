import type { SpanError } from '../event/event.ts';
import type { OtelSpan } from '../otel/otel-span.ts';
import type { FailureField } from './names/failures.ts';
import type { Exception, Known, Reading } from './reading.ts';

/** In front of a message, or of a stack. */
const ERROR_NAME = /^(\w+): /;

/**
 * What went wrong: an exception, a status or an attribute says so. An exception was dealt with, and
 * stays in the log, where the source calls the span ok, or says that the exception did not leave it
 * and nothing else that the span failed: most spans that agents record such a one in went on.
 */
export function takeError(
  { status, statusMessage }: OtelSpan,
  reading: Reading,
): SpanError | undefined {
  const { known, exceptions, logs } = reading;
  const said = attributesOf(known);
  const flagged = known.some(
    ({ value, rules }) => rules.failed !== undefined && rules.failed === value,
  );
  const failed = status === 'error' || flagged || said.type !== undefined;
  const exception =
    status === 'ok' ? undefined : exceptions.findLast((one) => failed || mayHaveEscaped(one));
  for (const other of exceptions)
    if (exception === undefined || !isSame(other, exception) || hasMore(other))
      logs.push(other.log);

  if (exception === undefined && !failed) return undefined;

  const text =
    exception?.message ??
    take(said.message) ??
    textOf(statusMessage) ??
    exception?.type ??
    'failed';
  const own = exception?.stack ?? take(said.stack);
  const { message, stack } = own === undefined ? splitStack(text) : { message: text, stack: own };
  const type =
    exception?.type ?? take(said.type) ?? ERROR_NAME.exec(stack ?? message)?.[1] ?? 'Error';
  if (said.type?.value === type) said.type.taken = true;
  return { type, message, ...(stack === undefined ? {} : { stack }) };
}

/** Of each field the attribute that says it first. */
function attributesOf(known: readonly Known[]): { [field in FailureField]?: Known } {
  const found: { [field in FailureField]?: Known } = {};
  for (const one of known) {
    const { failure } = one.rules;
    if (failure === undefined || textOf(one.value) === undefined) continue;
    const before = found[failure.field];
    if (before === undefined || (before.rules.failure?.rank ?? 0) > failure.rank)
      found[failure.field] = one;
  }
  return found;
}

function take(known: Known | undefined): string | undefined {
  if (known === undefined) return undefined;
  known.taken = true;
  return textOf(known.value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Some instrumentations put the stack into the message, its first line in front or not. */
function splitStack(text: string): { message: string; stack?: string } {
  const frames = text.indexOf('\n    at ');
  if (frames <= 0) return { message: text };
  const head = text.slice(0, frames).trimEnd();
  const line = head.lastIndexOf('\n');
  if (line <= 0) return { message: head.replace(ERROR_NAME, ''), stack: text };
  return { message: head.slice(0, line).trimEnd(), stack: text.slice(line + 1) };
}

/** Python's SDK writes the word as text; most say nothing, and leave the status alone, too. */
function mayHaveEscaped({ log }: Exception): boolean {
  const escaped = log.attributes?.['exception.escaped'];
  return escaped !== false && !(typeof escaped === 'string' && escaped.toLowerCase() === 'false');
}

function isSame(a: Exception, b: Exception): boolean {
  return a.type === b.type && a.message === b.message;
}

const USUAL: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'exception.type',
  'exception.message',
  'exception.stacktrace',
  'exception.escaped',
]);

function hasMore({ log }: Exception): boolean {
  return Object.keys(log.attributes ?? {}).some((key) => !USUAL.has(key));
}
