import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SpantailError } from '@spantail/protocol';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue, RecordedRun } from '../../../server/src/play/index.ts';
import { FORMATS, detectFormat } from '../../../server/src/play/index.ts';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { shapeOf } from '../../support/play/run-shape.ts';

const FILES = [
  'claude-code/tool-heavy.jsonl',
  'monocle/langgraph-multi-agent.json.gz',
  'mini-swe-agent/psf__requests-1766.traj.json.gz',
  '../../test/fixtures/play/jaeger.json',
  '../../test/fixtures/play/langfuse-trace.json',
  '../../test/fixtures/play/otlp.jsonl',
];

function textOf(path: string): string {
  const bytes = readFileSync(join(RUNS_FOLDER, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** The runs, or `undefined` when the file was refused as it should be. */
async function tryRead(text: string, name: string | undefined): Promise<RecordedRun[] | undefined> {
  const format = FORMATS.find((known) => known.name === name);
  try {
    return await format?.read({ file: 'run', text });
  } catch (error) {
    expect(error).toBeInstanceOf(SpantailError);
    return undefined;
  }
}

/** A span without an end, if it is one that may have none, is as it was recorded. */
function problemsOf(run: RecordedRun, name: string | undefined): string[] {
  const mayBeOpen = name === 'langfuse' || name === 'otlp-json';
  return shapeOf(run).problems.filter((problem) => !mayBeOpen || !problem.endsWith(' never ends'));
}

/** The JSON value with the value at a random place replaced. */
function replaceSomewhere(value: JsonValue, path: readonly number[], by: JsonValue): JsonValue {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[first % Math.max(keys.length, 1)];
  if (key === undefined) return by;
  const copy = structuredClone(value) as { [key: string]: JsonValue };
  copy[key] = replaceSomewhere(copy[key] ?? null, rest, by);
  return copy;
}

describe.each(FILES)('%s', (path) => {
  const text = textOf(path);
  const name = detectFormat(text)?.name;

  it('cut off anywhere is refused, or is a whole run of the lines that are left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), async (length) => {
        const runs = await tryRead(text.slice(0, length), name);
        for (const run of runs ?? []) expect(problemsOf(run, name)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('with any value replaced is refused, or is a run that keeps every rule', async () => {
    const lines = path.endsWith('.jsonl') ? text.trim().split('\n') : [text];
    const values = lines.map((line) => JSON.parse(line) as JsonValue);
    const replacement = fc.constantFrom<JsonValue[]>(null, 0, -1, '', 'x', [], {}, [[]], true);
    const place = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(fc.nat(), place, replacement, async (line, at, by) => {
        const index = line % values.length;
        const damaged = values.with(index, replaceSomewhere(values[index] ?? null, at, by));
        const runs = await tryRead(damaged.map((item) => JSON.stringify(item)).join('\n'), name);
        for (const run of runs ?? []) expect(problemsOf(run, name)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
