import {
  toNormalForm,
  type Attributes,
  type NormalForm,
  type SpanError,
  type SpanLog,
  type TimeUs,
} from '@spantail/protocol';
import type { TracedSpan } from '../../recorded/span-runs.ts';
import { asObject, asString, defined, type JsonObject } from '../../source/json-value.ts';
import { contentOf, filled, metadataOf, spanTypeOf, timeOf, traceAttributes } from './fields.ts';
import { usageOf } from './usage.ts';

/** @returns text that says what is wrong, naming the field */
export function readObservation(fields: JsonObject): TracedSpan | string {
  const { id, traceId, parentObservationId, type } = fields;
  const startUs = timeOf(fields['startTime']);
  if (startUs === undefined) return '`startTime` is missing or malformed';
  const ending = fields['endTime'];
  const given = timeOf(ending);
  if (given === undefined && filled(ending) !== undefined) return '`endTime` is malformed';
  // An event is a moment.
  const endUs = given ?? (type === 'EVENT' ? startUs : undefined);
  const spanId = asString(id) ?? '';
  const parentSpanId = filled(parentObservationId);
  const { resource } = metadataOf(fields);
  const service = filled(resource['service.name']);
  const ended = endUs === undefined ? undefined : Math.max(startUs, endUs);
  return {
    traceId: asString(traceId) ?? '',
    spanId,
    ...(parentSpanId === undefined || parentSpanId === spanId ? {} : { parentSpanId }),
    startUs,
    ...(ended === undefined ? {} : { endUs: ended }),
    ...(service === undefined ? {} : { service }),
    events: eventsOf(fields, spanId, startUs, ended),
  };
}

function eventsOf(
  fields: JsonObject,
  spanId: string,
  startUs: TimeUs,
  endUs: TimeUs | undefined,
): TracedSpan['events'] {
  const normal = normalFormOf(fields, startUs);
  const input = contentOf(fields['input']) ?? normal.input;
  const output = contentOf(fields['output']) ?? normal.output;
  const error = errorOf(fields);
  const usage = usageOf(fields);
  const spanType = spanTypeOf(fields) ?? normal.spanType;
  return {
    open: {
      type: 'open',
      spanId,
      name: filled(fields['name']) ?? (asString(fields['type']) ?? 'span').toLowerCase(),
      spanType,
      startUs,
      attributes: { ...normal.attributes, ...ownAttributes(fields, startUs) },
      logs: [...normal.logs, ...warningOf(fields, endUs ?? startUs)],
      // Of an observation that was exported twice, the one that has ended counts.
      revision: endUs === undefined ? 1 : 2,
    },
    ...(input === undefined ? {} : { input }),
    ...(endUs === undefined
      ? {}
      : {
          close: {
            type: 'close' as const,
            spanId,
            endUs,
            status: error === undefined ? ('ok' as const) : ('error' as const),
            ...(error === undefined ? {} : { error }),
            // Outer steps have the sum of those below them.
            ...(usage === undefined || (spanType !== 'model' && spanType !== 'embedding')
              ? {}
              : { usage }),
          },
          ...(output === undefined ? {} : { output }),
        }),
  };
}

/** What the source's own attributes say, of which Langfuse keeps a copy. */
function normalFormOf(fields: JsonObject, startUs: TimeUs): NormalForm {
  const { attributes, resource, scope, own } = metadataOf(fields);
  const normal = toNormalForm({
    traceId: '',
    spanId: '',
    name: filled(fields['name']) ?? '',
    startUs,
    status: 'unset',
    attributes,
    events: [],
    links: [],
    resource,
  });
  return {
    ...normal,
    attributes: {
      ...normal.attributes,
      ...own,
      ...(scope === undefined ? {} : { 'otel.scope.name': scope }),
    },
  };
}

function ownAttributes(fields: JsonObject, startUs: TimeUs): Attributes {
  const model = filled(fields['model']) ?? filled(fields['providedModelName']);
  const firstUs = timeOf(fields['completionStartTime']);
  const parameters = asObject(contentOf(fields['modelParameters'])) ?? {};
  return {
    ...traceAttributes(fields),
    ...defined<Attributes>({
      'gen_ai.request.model': model,
      'gen_ai.response.time_to_first_chunk':
        firstUs === undefined ? undefined : (firstUs - startUs) / 1_000_000,
      'gen_ai.request.parameters': Object.keys(parameters).length === 0 ? undefined : parameters,
      'langfuse.prompt.name': filled(fields['promptName']),
      'langfuse.observation.type': filled(fields['type'])?.toLowerCase(),
    }),
  };
}

function errorOf(fields: JsonObject): SpanError | undefined {
  if (fields['level'] !== 'ERROR') return undefined;
  const message = filled(fields['statusMessage']) ?? 'failed';
  return { type: /^(\w*(?:Error|Exception))\b/.exec(message)?.[1] ?? 'error', message };
}

function warningOf({ level, statusMessage }: JsonObject, timeUs: TimeUs): SpanLog[] {
  const message = filled(statusMessage);
  if (message === undefined || level === 'ERROR') return [];
  return [{ timeUs, message, level: level === 'WARNING' ? 'warn' : 'info' }];
}
