import type { OtelSpan } from '@spantail/protocol';
import { readTracesJson } from '../../../otlp/json/read-traces.ts';
import type { JsonValue } from '../../recorded/action.ts';
import { spanRuns, tracedSpan } from '../../recorded/span-runs.ts';
import { readJsonRecords, type JsonRecord } from '../../source/json-records.ts';
import { asObject } from '../../source/json-value.ts';
import { runFileError } from '../../source/run-file-error.ts';
import { runNameOf } from '../../source/run-name.ts';
import type { RunFormat } from '../format.ts';
import { toCamelCase } from './camel-case.ts';

/**
 * OTLP/JSON, as the Collector's file exporter, `spantail export --format otlp` and Jaeger 2's API
 * write it: a request, a list of them, or one a line; ids in hex or base64. Each trace is a run.
 */
export const otlpJson: RunFormat = {
  name: 'otlp-json',
  detect: (text) => {
    const head = text.slice(0, 65_536);
    return /^\s*[[{]/.test(head) && /"resource_?[sS]pans"\s*:/.test(head);
  },
  read: (source) => {
    const { file } = source;
    const spans = readJsonRecords(source).flatMap((record) => spansOf(file, record));
    if (spans.length === 0) throw runFileError(file, '', 'there are no spans in this file');
    return spanRuns(spans.map(tracedSpan), runNameOf(file));
  },
};

function spansOf(file: string, { place, value }: JsonRecord): OtelSpan[] {
  try {
    const { spans, rejected } = readTracesJson(requestOf(value));
    const [problem] = rejected.messages;
    if (problem !== undefined) throw new TypeError(problem);
    return spans;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw runFileError(file, place, `not OTLP/JSON: ${problem}`, { cause: error });
  }
}

/** Without the wrapper of Jaeger's API; the Collector's exporter writes the other signals as well. */
function requestOf(value: JsonValue): JsonValue {
  const request = asObject(value)?.['result'] ?? value;
  const fields = asObject(request) ?? {};
  return 'resource_spans' in fields ? toCamelCase(request) : request;
}
