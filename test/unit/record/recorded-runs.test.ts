import {
  SeenParts,
  factsOf,
  payloadRefs,
  newPartsText,
  searchTextOf,
  toHex,
  toRunRow,
  toSpanRow,
} from '@spantail/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRuns, type LoadedRun } from '../../../server/src/play/index.ts';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { playIntoTree } from '../../support/record/play-into-tree.ts';

let runs: LoadedRun[] = [];
beforeAll(async () => {
  runs = await loadRuns([RUNS_FOLDER]);
});

describe('rows of the recorded runs', () => {
  it('count each model call once, and every one of them', async () => {
    expect(runs.length).toBeGreaterThanOrEqual(6);
    let counted = 0;
    for (const { run } of runs) {
      const { tree, events } = await playIntoTree(run, 'c'.repeat(32));
      const row = toRunRow(tree, {
        ended: true,
        firstActivityUs: 1,
        lastActivityUs: 2,
        eventCount: events.length,
      });
      let inputTokens = 0;
      let models = 0;
      for (const { span } of tree.walk()) {
        if (span.spanType !== 'model') continue;
        models++;
        inputTokens += factsOf(span).usage.inputTokens ?? 0;
      }
      expect(row.spanCount, run.name).toBe(new Set(events.map(({ spanId }) => spanId)).size);
      expect(row.status).toMatch(/^(ok|error)$/);
      expect(row.name).not.toBe('');
      if (models > 0 && inputTokens > 0) {
        expect(row.inputTokens, run.name).toBe(inputTokens);
        expect(row.models.length, run.name).toBeGreaterThan(0);
        counted++;
      }
    }
    expect(counted).toBeGreaterThanOrEqual(5);
  });

  it('give every span below an agent that agent, and survive being copied', async () => {
    for (const { run } of runs) {
      const { tree } = await playIntoTree(run, 'c'.repeat(32));
      for (const { span } of tree.walk()) {
        const row = toSpanRow(tree, span);
        expect(structuredClone(row)).toEqual(row);
        if (tree.roots[0]?.spanType === 'agent') expect(row.agent, span.name).toBeTruthy();
      }
    }
  });

  it('find each part of an input in one span only', async () => {
    for (const { run } of runs) {
      const { tree, blobs } = await playIntoTree(run, 'c'.repeat(32));
      const bytes = (ref: Uint8Array): Uint8Array | undefined => blobs.get(toHex(ref));
      const seen = new SeenParts();
      const owners = new Set<string>();
      let refs = 0;
      for (const { span } of tree.walk()) {
        if (span.input === undefined) continue;
        refs += payloadRefs(span.input).length;
        const fresh = seen.take(span.input, bytes, () => expect.unreachable('a chunk is missing'));
        for (const part of fresh) {
          const key = typeof part === 'string' ? part : toHex(part);
          expect(owners.has(key), key).toBe(false);
          owners.add(key);
        }
        expect(searchTextOf(span, newPartsText(span.input, fresh, bytes), bytes)).toContain(
          span.name,
        );
      }
      if (refs > 0) expect(owners.size).toBeGreaterThan(0);
    }
  });
});
