import type { JsonValue } from '../../recorded/action.ts';
import type { JsonRecord } from '../../source/json-records.ts';
import { asArray, asObject, asString, type JsonObject } from '../../source/json-value.ts';
import { runFileError } from '../../source/run-file-error.ts';

/** What Langfuse knows of a step, or of a whole trace; fields in camel case. */
export interface LangfuseRecord {
  place: string;
  fields: JsonObject;
}

export interface LangfuseRecords {
  traces: LangfuseRecord[];
  observations: LangfuseRecord[];
}

/** Lists in what its API, its page and its exports write. */
const LISTS = ['data', 'observations', 'traces'];

/**
 * Traces and observations in whichever shape they were exported: a trace with its observations (API
 * and page), a list of either (API), or a row each (exports of tables and to blob storage).
 *
 * @throws SpantailError BAD_MESSAGE naming the place of what is neither
 */
export function langfuseRecords(file: string, records: readonly JsonRecord[]): LangfuseRecords {
  const found: LangfuseRecords = { traces: [], observations: [] };
  for (const { place, value } of records) addRecord(file, place, value, found);
  return found;
}

function addRecord(file: string, place: string, value: JsonValue, found: LangfuseRecords): void {
  const fields = camelCased(asObject(value) ?? {});
  const { trace } = fields;
  const lists = LISTS.filter((name) => asArray(fields[name]) !== undefined);
  if (isObservation(fields)) found.observations.push({ place, fields });
  else if (asObject(trace) !== undefined)
    found.traces.push({ place, fields: camelCased(asObject(trace) ?? {}) });
  else if (isTrace(fields)) found.traces.push({ place, fields });
  else if (lists.length === 0)
    throw runFileError(file, place, 'neither a trace nor an observation of Langfuse');
  for (const name of lists)
    (asArray(fields[name]) ?? []).forEach((item, index) => {
      // A list of traces names their observations only.
      if (typeof item === 'string') return;
      const where = `${name.replace(/s$/, '')} ${index + 1}`;
      addRecord(file, place === '' ? where : `${place}, ${where}`, item, found);
    });
}

function isObservation({ id, traceId, startTime }: JsonObject): boolean {
  return asString(id) !== undefined && asString(traceId) !== undefined && startTime !== undefined;
}

function isTrace({ id, timestamp, createdAt }: JsonObject): boolean {
  return asString(id) !== undefined && (timestamp ?? createdAt) !== undefined;
}

/** Exports to blob storage have `parent_observation_id`. What is inside of a field is its user's. */
function camelCased(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
