import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadedRun, RecordedRun } from '../../../server/src/play/index.ts';
import { loadRuns, play } from '../../../server/src/play/index.ts';
import { EventLedger, eventProblems } from '../../support/play/event-ledger.ts';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { countsOf, shapeOf } from '../../support/play/run-shape.ts';

const FOLDER = process.env['SPANTAIL_TRACES'];
/** In the folder, or beside it when it has the runs of one format only. */
const TABLE = [FOLDER ?? '', join(FOLDER ?? '', '..')]
  .map((folder) => join(folder, 'runs.csv'))
  .find((file) => FOLDER !== undefined && existsSync(file));

/** Rows of `runs.csv`, by file and by the end of the run's name. */
function expectedCounts(table: string): Map<string, Record<string, string>[]> {
  const [head = '', ...rows] = readFileSync(table, 'utf8').trim().split('\n');
  const columns = head.split(',');
  const byFile = new Map<string, Record<string, string>[]>();
  for (const text of rows) {
    const cells = text.split(',');
    const row = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
    const file = row['file'] ?? '';
    byFile.set(file, [...(byFile.get(file) ?? []), row]);
  }
  return byFile;
}

function everySpanHolds(run: RecordedRun): void {
  expect(shapeOf(run).problems).toEqual([]);
}

describe('every recorded run of a folder', () => {
  it('opens, grows and ends in causal order, and its deltas are its outputs', async () => {
    if (FOLDER === undefined)
      console.log(
        'traces directory absent: set SPANTAIL_TRACES to check more runs than examples/runs',
      );
    const loaded = await loadRuns([FOLDER ?? RUNS_FOLDER]);
    for (const { run } of loaded) everySpanHolds(run);
    const ledger = new EventLedger();
    for (const { run } of loaded) {
      const { traceId, events } = await play(run, ledger, { speed: 'max' });
      expect(ledger.of(traceId)).toHaveLength(events);
      expect(eventProblems(ledger.of(traceId))).toEqual([]);
      ledger.events.length = 0;
    }
    console.log(summary(loaded));
  });

  it('stands below the call that started it, when it is a sub-agent', async () => {
    const loaded = await loadRuns([FOLDER ?? RUNS_FOLDER]);
    let subAgents = 0;
    for (const { format, run } of loaded.filter((one) => one.format === 'claude-code')) {
      const { spans } = shapeOf(run);
      for (const { open } of spans.values()) {
        const agentId = open.attributes?.['gen_ai.agent.id'];
        if (open.parentKey === undefined || typeof agentId !== 'string') continue;
        subAgents++;
        const parent = spans.get(open.parentKey)?.open;
        // What compacts the context was started by no call.
        if (agentId.startsWith('acompact')) expect(parent?.parentKey).toBeUndefined();
        else expect(`${format} ${parent?.name}`).toMatch(/^claude-code (Task|Agent)\b/);
      }
    }
    if (FOLDER === undefined) expect(subAgents).toBe(1);
  });

  // Without a table there is nothing to compare with.
  it.skipIf(TABLE === undefined)('has the number of spans that its table says', async () => {
    if (FOLDER === undefined || TABLE === undefined) return;
    const expected = expectedCounts(TABLE);
    for (const { file, format, run } of await loadRuns([FOLDER])) {
      const rows = expected.get(relative(dirname(TABLE), file).replace(/\.gz$/, ''));
      const row = rows?.find(({ run: name }) => rows.length === 1 || name === run.name);
      expect(row, run.name).toBeDefined();
      const counts = countsOf(shapeOf(run));
      // The table counts each record; a span that two exporters wrote is one span here.
      const copies = rows !== undefined && rows.length > 2 ? 2 : 1;
      // Langfuse's trace is a row of its own in the table, and here the observation above all others.
      const trace = format === 'langfuse' ? 1 : 0;
      expect([
        run.name,
        counts.spans * copies + trace,
        counts.depth + trace,
        counts.failed * copies,
      ]).toEqual([
        run.name,
        Number(row?.['spans']),
        Number(row?.['depth']),
        Number(row?.['failed_spans']),
      ]);
      // The table takes types from names; these carry attributes, which say more: ADK's `call_llm` is a
      // model call around the provider's own, its `invocation` no agent.
      if (['otel-json', 'jaeger', 'langfuse'].includes(format)) continue;
      const types = ['model_spans', 'tool_spans', 'agent_spans'].map((column) =>
        Number(row?.[column]),
      );
      expect([counts.model, counts.tool, counts.agent]).toEqual(types);
    }
  });
});

function summary(loaded: readonly LoadedRun[]): string {
  const totals = new Map<string, { runs: number; spans: number; actions: number }>();
  for (const { format, run } of loaded) {
    const total = totals.get(format) ?? { runs: 0, spans: 0, actions: 0 };
    total.runs++;
    total.spans += shapeOf(run).spans.size;
    total.actions += run.actions.length;
    totals.set(format, total);
  }
  const lines = [...totals].map(
    ([format, { runs, spans, actions }]) =>
      `${format}: ${runs} runs, ${spans} spans, ${actions} actions`,
  );
  return lines.join('\n');
}
