import {
  SpantailError,
  fromHex,
  type BlobRef,
  type Payload,
  type PayloadItem,
  type SpanRow,
} from '@spantail/protocol';
import type { LoadablePayload, PayloadLoader } from '../loadable.ts';

/** An input or output of a recorded span; with `payloads: 'full'` its value came along. */
export interface QueryPayload extends LoadablePayload {
  value?: unknown;
  /** Why it has no `value` although it was asked for. */
  valueMissing?: 'NOT_FOUND' | 'TOO_LARGE' | 'EVENT_INVALID';
}

/** A span of the record, whose `input` and `output` can be loaded. */
export type QuerySpan = Omit<SpanRow, 'input' | 'output'> & {
  input?: QueryPayload;
  output?: QueryPayload;
};

interface JsonItem {
  text?: string;
  ref?: string;
  chunk?: string;
  parts?: number;
}
type JsonPayload = Omit<QueryPayload, 'parts' | 'load'> & { parts?: JsonItem[] };
type JsonSpan = Omit<QuerySpan, 'input' | 'output'> & {
  input?: JsonPayload;
  output?: JsonPayload;
};

/** A span from an answer's JSON. */
export function toQuerySpan(json: unknown, load: PayloadLoader): QuerySpan {
  const { input, output, ...row } = json as JsonSpan;
  return {
    ...row,
    ...(input === undefined ? {} : { input: toPayload(input, load) }),
    ...(output === undefined ? {} : { output: toPayload(output, load) }),
  };
}

function toPayload({ parts = [], ...head }: JsonPayload, load: PayloadLoader): QueryPayload {
  const payload: Payload = { ...head, parts: parts.map(toItem) };
  const whole = (): Promise<unknown> =>
    'value' in head ? Promise.resolve(head.value) : load(payload);
  return Object.defineProperty(payload, 'load', { value: whole }) as QueryPayload;
}

function toItem({ text, ref, chunk, parts = 0 }: JsonItem): PayloadItem {
  if (text !== undefined) return text;
  return ref === undefined ? { chunk: toRef(chunk), parts } : toRef(ref);
}

function toRef(hex: string | undefined): BlobRef {
  const ref = fromHex(hex ?? '');
  if (ref !== undefined) return ref;
  throw new SpantailError('EVENT_INVALID', `"${hex}" is not a reference`);
}
