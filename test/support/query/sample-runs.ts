import { buildPayload, type RunRow, type SpanRow } from '@spantail/protocol';
import { hashBlob } from '../codec/hash-blob.ts';
import type { ArchiveRun } from './fill-archive.ts';
import { runRow, spanRow } from './rows.ts';

/** 2026-11-26T12:00:00Z */
export const SAMPLE_START_US = 1_795_694_400_000_000;
const SECOND = 1_000_000;

export const traceId = (n: number): string => n.toString(16).padStart(32, '0');
export const spanId = (n: number): string => n.toString(16).padStart(16, '0');

/** Long enough to be a blob, with a message list in it. */
export const QUESTION = [
  { role: 'system', content: `Be brief. ${'Think step by step. '.repeat(40)}` },
  { role: 'user', content: 'Which trains go to Basel?' },
];

/** Runs that have one of everything: an agent, a model call, a failed tool; the last one goes on. */
export function sampleRuns(count: number): ArchiveRun[] {
  return Array.from({ length: count }, (_, i) => sampleRun(i + 1, i === count - 1));
}

function sampleRun(n: number, isRunning: boolean): ArchiveRun {
  const startUs = SAMPLE_START_US + n * 60 * SECOND;
  const of = { traceId: traceId(n), agent: n % 2 === 0 ? 'Planner' : 'researcher' };
  const question = buildPayload(QUESTION, hashBlob);
  const span = (rest: Partial<SpanRow>): SpanRow => spanRow({ ...of, startUs, ...rest });
  const root = span({
    spanId: spanId(1),
    name: `trip ${n}`,
    type: 'agent',
    ...(isRunning ? ({ state: 'open', status: 'unset' } as const) : ended(startUs, n * SECOND)),
  });
  const model = span({
    spanId: spanId(2),
    parentSpanId: spanId(1),
    name: 'chat',
    type: 'model',
    model: n % 3 === 0 ? 'gpt-5.2' : 'claude-opus-4-6',
    provider: n % 3 === 0 ? 'openai' : 'anthropic',
    inputTokens: 100 * n,
    outputTokens: n,
    costUsd: n / 100,
    attributes: { 'gen_ai.request.temperature': n / 10, stream: true },
    input: question.payload,
    outputText: 'Take the night train.',
    ...ended(startUs, 500_000 * n),
  });
  const tool = span({
    spanId: spanId(3),
    parentSpanId: spanId(2),
    name: 'search_trains',
    type: 'tool',
    startUs: startUs + SECOND,
    ...ended(startUs + SECOND, 1_000 * n),
    ...(n % 2 === 0
      ? ({ status: 'error', error: { type: 'HTTPError', message: 'rate limit of 10/s' } } as const)
      : {}),
    input: buildPayload({ to: 'Basel' }, hashBlob).payload,
    output: buildPayload(`train number ${n}`, hashBlob).payload,
  });
  const { inputTokens, outputTokens, costUsd } = model;
  const run: RunRow = runRow({
    ...of,
    name: `trip ${n}`,
    service: 'travel',
    status: isRunning ? 'running' : n % 2 === 0 ? 'error' : 'ok',
    startUs,
    ...(isRunning
      ? { currentStep: `trip ${n}`, openCount: 1 }
      : { endUs: startUs + n * SECOND, durationUs: n * SECOND }),
    lastActivityUs: startUs + n * SECOND,
    spanCount: 3,
    errorCount: n % 2 === 0 ? 1 : 0,
    eventCount: 6,
    models: model.model === undefined ? [] : [model.model],
    sessionId: `session-${n % 4}`,
    tags: n % 5 === 0 ? ['nightly', 'Load Test'] : [],
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
  });
  return {
    run,
    spans: [
      { row: root, searchText: root.name },
      { row: model, searchText: `chat ${QUESTION.map(({ content }) => content).join(' ')}` },
      { row: tool, searchText: `search_trains ${tool.error?.message ?? ''} train number ${n}` },
    ],
    blobs: question.blobs,
  };
}

function ended(startUs: number, durationUs: number) {
  return { state: 'closed', status: 'ok', endUs: startUs + durationUs, durationUs } as const;
}
