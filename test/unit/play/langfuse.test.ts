import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { langfuse } from '../../../server/src/play/formats/langfuse/read.ts';
import { usageOf } from '../../../server/src/play/formats/langfuse/usage.ts';
import { detectFormat, loadRuns, type RecordedRun } from '../../../server/src/play/index.ts';
import { FIXTURES_FOLDER, readFixture } from '../../support/play/read-fixture.ts';
import { shapeOf, type RunShape } from '../../support/play/run-shape.ts';

type Fields = Record<string, unknown>;
interface Exported {
  trace: Fields;
  observations: Fields[];
}

const FILE = 'langfuse-trace.json';
const START_US = Date.parse('2026-03-01T10:00:00Z') * 1_000;

async function read(value: unknown): Promise<RecordedRun[]> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  expect(detectFormat(text)?.name).toBe('langfuse');
  return langfuse.read({ file: 'l.json', text });
}

function only(runs: RecordedRun[]): RunShape {
  expect(runs).toHaveLength(1);
  const [run = { name: '', service: '', actions: [] }] = runs;
  return shapeOf(run);
}

function snakeCased(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

/** As Langfuse writes tables: every value quoted, those that are no text as JSON. */
function csv(rows: readonly Fields[]): string {
  const cell = (value: unknown): string => {
    const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
    return `"${(text ?? '').replaceAll('"', '""')}"`;
  };
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => names.map((name) => cell(row[name])).join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

describe("a trace as Langfuse's page downloads it", () => {
  it('is a run with its steps, their types, contents, tokens and cost', async () => {
    const [loaded] = await loadRuns([join(FIXTURES_FOLDER, FILE)]);
    expect(loaded).toMatchObject({
      format: 'langfuse',
      run: {
        name: 'langfuse-trace',
        service: 'helpdesk',
        // A UUID has the size of a trace's id.
        sourceTraceId: '7b1e2f3a9c4d4e5f8a6b0c1d2e3f4a5b',
      },
    });
    const { spans, problems } = only(loaded === undefined ? [] : [loaded.run]);
    expect(problems).toEqual([]);
    expect([...spans.keys()]).toEqual(['obs-agent', 'obs-model', 'obs-tool', 'obs-event']);
    expect(spans.get('obs-model')).toMatchObject({
      open: {
        parentKey: 'obs-agent',
        spanType: 'model',
        startUs: START_US + 1_000_000,
        attributes: {
          'gen_ai.request.model': 'gpt-4o-mini',
          'gen_ai.request.parameters': { temperature: 0.2 },
        },
        input: [{ role: 'user', content: 'Where is my parcel?' }],
      },
      close: {
        status: 'ok',
        endUs: START_US + 3_000_000,
        output: { role: 'assistant', content: 'On its way.' },
        usage: {
          inputTokens: 140,
          outputTokens: 25,
          cachedInputTokens: 40,
          reasoningTokens: 5,
          totalTokens: 165,
          costUsd: 0.003,
        },
        attributes: { 'gen_ai.response.time_to_first_chunk': 0.5 },
      },
    });
    expect(spans.get('obs-tool')).toMatchObject({
      open: { spanType: 'tool', input: { parcel: 17 } },
      close: {
        status: 'error',
        error: { type: 'LookupError', message: 'LookupError: no such parcel' },
      },
    });
    expect(spans.get('obs-event')?.close).toMatchObject({ endUs: START_US + 4_100_000 });
  });

  it('what is known of the trace is on its outermost step, where that says nothing itself', async () => {
    const { spans } = only(await read(readFixture(FILE)));
    const agent = spans.get('obs-agent');
    expect(agent).toMatchObject({
      open: {
        spanType: 'agent',
        input: { question: 'Where is my parcel?' },
        attributes: {
          'gen_ai.agent.name': 'support',
          'user.id': 'u-1',
          'session.id': 's-1',
          'langfuse.trace.name': 'support',
          'langfuse.score.helpful': 0.9,
          'deployment.environment.name': 'staging',
          tags: ['beta'],
          shift: 'night',
        },
      },
      close: { output: 'On its way.' },
    });
    // Its tokens are those of the steps below it.
    expect(agent?.close).not.toHaveProperty('usage');
    expect(agent?.open.attributes).not.toHaveProperty('input.value');
  });

  it('a warning is a line of the log', async () => {
    const [run] = await read(readFixture(FILE));
    const logs = run?.actions.flatMap((action) => ('logs' in action ? (action.logs ?? []) : []));
    expect(logs).toMatchObject([{ message: 'nobody was there', level: 'warn' }]);
  });
});

describe('other shapes of it', () => {
  const whole = (): Exported => readFixture(FILE) as Exported;
  const namesOf = ({ spans }: RunShape): string[] =>
    [...spans.values()].map(({ open, depth }) => `${depth} ${open.name}`);
  const STEPS = ['1 support-agent', '2 answer', '2 track', '2 handed over'];

  it("the API's trace, its list of observations, rows, and rows in snake case are the same run", async () => {
    const { trace, observations } = whole();
    const lines = (rows: Fields[]): string => rows.map((row) => JSON.stringify(row)).join('\n');
    const api = { ...trace, observations };
    const stored = observations.map((row) =>
      snakeCased({
        ...row,
        startTime: String(row['startTime']).replace('T', ' ').replace('Z', '000'),
        providedModelName: row['model'],
        parentObservationId: row['parentObservationId'] ?? '',
      }),
    );
    for (const value of [
      api,
      [api],
      { data: observations, meta: { page: 1 } },
      observations,
      lines(observations),
      stored,
      lines(stored),
      csv(observations),
      `\uFEFF${csv(stored).replaceAll('\n', '\r\n')}`,
    ]) {
      const shape = only(await read(value));
      expect(shape.problems).toEqual([]);
      expect(namesOf(shape)).toEqual(STEPS);
      expect(shape.spans.get('obs-model')).toMatchObject({
        open: { attributes: { 'gen_ai.request.model': 'gpt-4o-mini' } },
        close: { usage: { totalTokens: 165 } },
      });
    }
  });

  it('a trace whose steps have no common one above them is that step', async () => {
    const { trace, observations } = whole();
    const below = observations.filter(({ id }) => id !== 'obs-agent');
    const roots = below.map((row) => ({ ...row, parentObservationId: null }));
    const shape = only(await read({ trace, observations: below }));
    expect(await read({ trace, observations: roots })).toEqual([
      (await read({ trace, observations: below }))[0],
    ]);
    expect(shape.problems).toEqual([]);
    expect(namesOf(shape)).toEqual(['1 support', '2 answer', '2 track', '2 handed over']);
    expect([...shape.spans.values()][0]).toMatchObject({
      open: { spanType: 'agent', startUs: START_US, attributes: { channel: 'web' } },
      close: { endUs: START_US + 4_100_000, output: 'On its way.' },
    });
  });

  it('a trace of which nothing more is known is one step', async () => {
    const shape = only(await read({ data: [{ ...whole().trace, observations: ['obs-model'] }] }));
    expect(namesOf(shape)).toEqual(['1 support']);
    expect([...shape.spans.values()][0]?.close?.endUs).toBe(START_US + 4_500_000);
  });

  it('a step that has not ended stays open', async () => {
    const { observations } = whole();
    const open = observations.map((row) =>
      row['id'] === 'obs-tool' ? { ...row, endTime: null, level: 'DEFAULT' } : row,
    );
    const { spans, problems } = only(await read(open));
    expect(problems).toEqual(['obs-tool never ends']);
    expect(spans.get('obs-tool')?.close).toBeUndefined();
  });

  it('a long text with many quotes in a table is read whole', async () => {
    const [row] = whole().observations;
    const input = 'say "hi", '.repeat(500_000);
    const { spans } = only(await read(csv([{ ...row, input }])));
    expect(spans.get('obs-model')?.open.input === input).toBe(true);
  });

  it('a file that is cut off, and a row without its fields, are named', async () => {
    const { observations } = whole();
    const lines = observations.map((row) => JSON.stringify(row)).join('\n');
    await expect(read(lines.slice(0, -5))).rejects.toThrow(/^l\.json, line 4: .*cut off/);
    const table = csv(observations);
    await expect(read(table.slice(0, -5))).rejects.toThrow(/^l\.json, row 5: .*cut off/);
    await expect(read(table.slice(0, table.lastIndexOf('"obs-agent"') + 30))).rejects.toThrow(
      /^l\.json, row 5: .*cut off/,
    );
    await expect(read(`${table}"obs-x",1\n`)).rejects.toThrow(/^l\.json, row 6: 2 values for/);
    await expect(read(table.replace('"GENERATION"', '"GENERATION"x'))).rejects.toThrow(
      'l.json, row 2: not valid CSV',
    );
    const damaged = observations.with(1, { ...observations[1], startTime: 'soon' });
    await expect(read(damaged)).rejects.toThrow(
      'l.json, span 2: `startTime` is missing or malformed',
    );
    await expect(read([...observations, { parentObservationId: null }])).rejects.toThrow(
      'l.json, span 5: neither a trace nor an observation of Langfuse',
    );
  });
});

describe('tokens', () => {
  it.each([
    [
      'each kind by itself',
      { input: 10, input_cached_tokens: 5, output: 2, total: 17 },
      [15, 2, 5],
    ],
    ['cached ones within', { input: 15, input_cached_tokens: 5, output: 2, total: 17 }, [15, 2, 5]],
    ['without a total', { input: 10, cache_read_input_tokens: 5, output: 2 }, [15, 2, 5]],
    [
      'of OpenAI',
      { prompt_tokens: 15, completion_tokens: 2, total_tokens: 17 },
      [15, 2, undefined],
    ],
    ['in the API of old', { input: 15, output: 2, total: 17, unit: 'TOKENS' }, [15, 2, undefined]],
  ])('%s', (_, usageDetails, [inputTokens, outputTokens, cachedInputTokens]) => {
    const usage = usageOf({ usageDetails });
    expect(usage?.inputTokens).toBe(inputTokens);
    expect(usage?.outputTokens).toBe(outputTokens);
    expect(usage?.cachedInputTokens).toBe(cachedInputTokens);
  });

  it('are none where there are only zeros, and cost is what the provider said or Langfuse made of it', () => {
    expect(usageOf({ inputUsage: 0, outputUsage: 0, totalCost: 0 })).toBeUndefined();
    expect(usageOf({ promptTokens: '7', calculatedTotalCost: '0.5' })).toEqual({
      inputTokens: 7,
      costUsd: 0.5,
    });
    expect(usageOf({ costDetails: { input: 0.25, output: 0.5 } })).toEqual({ costUsd: 0.75 });
  });
});
