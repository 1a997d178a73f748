import { LIMITS } from '../limits.ts';
import { toWellFormed } from '../text/utf8.ts';
import type { RunSummary } from '../wire/message.ts';
import { Fields } from './fields.ts';
import { packMessage } from './pack.ts';
import { present } from './present.ts';
import { unpackMessage } from './unpack.ts';

const STATUSES = ['running', 'ok', 'error', 'lost'] as const;

/** A run's summary as one MessagePack map: an item of the feed of runs. */
export function encodeRunSummary(summary: RunSummary): Uint8Array {
  const { name, service, currentStep } = summary;
  return packMessage(
    present({
      ...summary,
      name: toWellFormed(name),
      service: service === undefined ? undefined : toWellFormed(service),
      currentStep: currentStep === undefined ? undefined : toWellFormed(currentStep),
    }),
  );
}

/** @throws SpantailError `EVENT_INVALID` naming the field, `TOO_LARGE` above `LIMITS.eventBytes` */
export function decodeRunSummary(bytes: Uint8Array): RunSummary {
  const limits = { depth: LIMITS.depth, bytes: LIMITS.eventBytes };
  const fields = new Fields(unpackMessage(bytes, limits), 'run', 'EVENT_INVALID');
  return present({
    traceId: fields.traceId('traceId'),
    name: fields.text('name', LIMITS.nameCharacters),
    service: fields.optionalText('service'),
    status: fields.oneOf('status', STATUSES),
    startUs: fields.integer('startUs'),
    endUs: fields.optionalInteger('endUs'),
    lastActivityUs: fields.integer('lastActivityUs'),
    currentStep: fields.optionalText('currentStep'),
    spanCount: fields.integer('spanCount'),
    openCount: fields.integer('openCount'),
    errorCount: fields.integer('errorCount'),
    inputTokens: fields.optionalInteger('inputTokens'),
    outputTokens: fields.optionalInteger('outputTokens'),
    costUsd: fields.optional('costUsd', (key) => fields.amount(key)),
    revision: fields.integer('revision'),
  });
}
