import type { RecordedRun } from '../../recorded/action.ts';
import { spanRuns, type TracedSpan } from '../../recorded/span-runs.ts';
import { readCsvRecords } from '../../source/csv-records.ts';
import { readJsonRecords } from '../../source/json-records.ts';
import { asString, type JsonObject } from '../../source/json-value.ts';
import { runFileError } from '../../source/run-file-error.ts';
import { runNameOf } from '../../source/run-name.ts';
import type { RunFile, RunFormat } from '../format.ts';
import { timeOf } from './fields.ts';
import { readObservation } from './observation.ts';
import { langfuseRecords, type LangfuseRecord } from './records.ts';
import { traceIdOf, withTrace } from './trace.ts';

/**
 * Langfuse's exports as JSON, JSON lines or CSV: a trace as its page downloads it or its API answers
 * it, lists of observations, tables, and what it writes to blob storage. Each trace is a run.
 */
export const langfuse: RunFormat = {
  name: 'langfuse',
  detect: (text) => {
    if (isTable(text)) return true;
    if (!/^\s*[[{]/.test(text)) return false;
    // Of rows the first one; else anywhere: a trace's input may be long, and stand ahead of its
    // observations. A name inside of a text has a backslash ahead of its quote.
    const part = /^\s*\{[^\n]*\}[ \t\r]*(?=\n\s*\{)/.exec(text)?.[0] ?? text;
    if (/"(parentObservationId|parent_observation_id)"\s*:/.test(part)) return true;
    return /"observations"\s*:/.test(part) && /"(projectId|htmlPath|bookmarked)"\s*:/.test(part);
  },
  read: (source) => {
    const { traces, observations } = langfuseRecords(
      source.file,
      isTable(source.text) ? readCsvRecords(source) : readJsonRecords(source),
    );
    const byTrace = new Map<string, { spans: TracedSpan[]; trace?: JsonObject }>();
    for (const { place, fields } of traces) {
      const id = asString(fields['id']) ?? '';
      if ((timeOf(fields['timestamp']) ?? timeOf(fields['createdAt'])) === undefined)
        throw runFileError(source.file, place, '`timestamp` is missing or malformed');
      byTrace.set(id, { spans: [], ...byTrace.get(id), trace: fields });
    }
    for (const observation of observations) {
      const span = readSpan(source, observation);
      const known = byTrace.get(span.traceId) ?? { spans: [] };
      byTrace.set(span.traceId, known);
      known.spans.push(span);
    }
    if (byTrace.size === 0)
      throw runFileError(source.file, '', 'there are no observations in this file');
    const spans = [...byTrace.values()].flatMap(({ spans: own, trace }) => withTrace(own, trace));
    return spanRuns(spans, runNameOf(source.file)).map(withW3cTraceId);
  },
};

/** CSV whose columns are those of observations. */
function isTable(text: string): boolean {
  const head = /^\uFEFF?([^\r\n{[]+)\r?\n/.exec(text.slice(0, 16_384))?.[1] ?? '';
  const names = new Set(head.split(',').map((name) => name.replace(/^"|"$/g, '')));
  const has = (...either: string[]): boolean => either.some((name) => names.has(name));
  return has('id') && has('type') && has('traceId', 'trace_id') && has('startTime', 'start_time');
}

function readSpan({ file }: RunFile, { place, fields }: LangfuseRecord): TracedSpan {
  const span = readObservation(fields);
  if (typeof span === 'string') throw runFileError(file, place, span);
  return span;
}

function withW3cTraceId({ sourceTraceId, ...run }: RecordedRun): RecordedRun {
  const id = traceIdOf(sourceTraceId ?? '');
  return id === undefined ? run : { ...run, sourceTraceId: id };
}
