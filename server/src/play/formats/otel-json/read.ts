import { spanRuns, tracedSpan, type TracedSpan } from '../../recorded/span-runs.ts';
import { asString } from '../../source/json-value.ts';
import { runFileError } from '../../source/run-file-error.ts';
import { runNameOf } from '../../source/run-name.ts';
import type { RunFormat } from '../format.ts';
import { parseSpans, type SpanRecord } from './span-record.ts';
import { toOtelSpan } from './to-otel-span.ts';

/**
 * OpenTelemetry SDK span JSON (console and file exporters), with the attributes of Monocle and of
 * the GenAI conventions. A span is written when it ends, so children come before their parents;
 * the order is restored from the recorded times. A file may hold several traces: each is a run.
 */
export const otelJson: RunFormat = {
  name: 'otel-json',
  detect: (text) => {
    const head = text.slice(0, 65_536);
    return /^\s*[[{]/.test(head) && /"trace_id"\s*:/.test(head) && /"span_id"\s*:/.test(head);
  },
  read: (source) => {
    const spans = parseSpans(source);
    if (spans.length === 0) throw runFileError(source.file, '', 'there are no spans in this file');
    return spanRuns(spans.map(toTracedSpan), runNameOf(source.file));
  },
};

/** Monocle names what ran as a whole by an attribute of its first span. */
function toTracedSpan(span: SpanRecord): TracedSpan {
  const workflow = asString(span.attributes['workflow.name']);
  const traced = tracedSpan(toOtelSpan(span));
  return workflow === undefined ? traced : { ...traced, service: workflow };
}
