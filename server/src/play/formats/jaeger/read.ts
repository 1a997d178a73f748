import { tracedSpan, spanRuns } from '../../recorded/span-runs.ts';
import { readJsonRecords } from '../../source/json-records.ts';
import { asArray, asObject, type JsonObject } from '../../source/json-value.ts';
import { runFileError } from '../../source/run-file-error.ts';
import { runNameOf } from '../../source/run-name.ts';
import type { RunFormat } from '../format.ts';
import { toOtelSpan, type JaegerProcess } from './to-otel-span.ts';
import { tagsOf } from './tags.ts';

/**
 * Jaeger's JSON: what its page downloads and its query API answers (`{data: [trace…]}`), one trace,
 * a list of them, or its stored spans, one a line. What its OpenTelemetry SDKs recorded comes back
 * out of the tags. Each trace is a run.
 */
export const jaeger: RunFormat = {
  name: 'jaeger',
  detect: (text) => {
    const head = text.slice(0, 65_536);
    return (
      /^\s*[[{]/.test(head) &&
      /"traceID"\s*:/.test(head) &&
      /"(spanID|operationName|spans)"\s*:/.test(head)
    );
  },
  read: (source) => {
    const { file } = source;
    const spans = readJsonRecords(source).flatMap(({ place, value }) => {
      const at = (where: string): string => (place === '' ? where : `${place}, ${where}`);
      const record = asObject(value) ?? {};
      const traces = asArray(record['data']) ?? [record];
      return traces.flatMap((trace, number) => {
        const { spans: list, processes } = asObject(trace) ?? {};
        const known = asObject(processes) ?? {};
        // A stored span has its process with it.
        const items = asArray(list) ?? [trace];
        return items.map((item, index) => {
          const where = at(`trace ${number + 1}, span ${index + 1}`);
          const span = asObject(item) ?? {};
          const read = toOtelSpan(span, processOf(span, known));
          if (typeof read === 'string') throw runFileError(file, where, read);
          return read;
        });
      });
    });
    if (spans.length === 0) throw runFileError(file, '', 'there are no spans in this file');
    return spanRuns(spans.map(tracedSpan), runNameOf(file));
  },
};

function processOf(span: JsonObject, processes: JsonObject): JaegerProcess {
  const { processID, process } = span;
  const found =
    asObject(process) ??
    (typeof processID === 'string' ? asObject(processes[processID]) : undefined) ??
    {};
  const { serviceName, tags } = found;
  return {
    ...(typeof serviceName === 'string' ? { service: serviceName } : {}),
    attributes: tagsOf(tags),
  };
}
