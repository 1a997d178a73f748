import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  RunTree,
  factsOf,
  sumUsage,
  toNormalForm,
  toSpanEvents,
  type NormalForm,
  type OtelSpan,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../fixtures/otel-spans');
const SOURCES = readdirSync(FOLDER).filter((file) => /^[a-z0-9-]+\.json$/.test(file));

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
}

function spansOf(file: string): { span: OtelSpan; normal: NormalForm }[] {
  return (read(file) as OtelSpan[]).map((span) => ({ span, normal: toNormalForm(span) }));
}

describe('recorded spans', () => {
  it.each(SOURCES)('[NF1] %s have exactly the normal form that was checked by hand', (file) => {
    const found = spansOf(file).map(({ span, normal }) => ({ name: span.name, ...normal }));
    expect(found).toEqual(read(file.replace('.json', '.normal.json')));
  });

  it.each<[string, string[]]>([
    ['ai-sdk-7.json', ['agent', 'step', 'model', 'tool', 'tool', 'model', 'step']],
    ['ai-sdk-7-legacy.json', ['agent', 'model', 'tool', 'tool', 'model']],
    ['ai-sdk-6.json', ['agent', 'model', 'tool', 'tool', 'model', 'step', 'embedding']],
    ['adk-openllmetry.json', ['agent', 'step', 'model', 'model', 'tool', 'model', 'model']],
  ])('[NF2] %s have their types', (file, types) => {
    expect(
      spansOf(file)
        .map(({ normal }) => normal.spanType)
        .sort(),
    ).toEqual(types.sort());
  });

  it.each<[string, object]>([
    ['ai-sdk-7.json', { inputTokens: 40, outputTokens: 10, cachedInputTokens: 16 }],
    [
      'ai-sdk-7-legacy.json',
      { inputTokens: 40, outputTokens: 10, cachedInputTokens: 16, reasoningTokens: 4 },
    ],
    [
      'ai-sdk-6.json',
      { inputTokens: 44, outputTokens: 10, cachedInputTokens: 16, reasoningTokens: 4 },
    ],
    [
      'openinference-langchain.json',
      { inputTokens: 24, outputTokens: 10, cachedInputTokens: 6, reasoningTokens: 4 },
    ],
    // Both ADK and Traceloop have each call; only the latter knows its cached tokens.
    [
      'adk-openllmetry.json',
      { inputTokens: 3776, outputTokens: 130, cachedInputTokens: 1792, reasoningTokens: 0 },
    ],
  ])('[NF7, REC8] %s use each token once in the record', (file, expected) => {
    const spans = spansOf(file);
    const totals = new Map<string, object>();
    for (const traceId of new Set(spans.map(({ span }) => span.traceId))) {
      const tree = new RunTree(traceId);
      for (const { span } of spans) {
        if (span.traceId !== traceId) continue;
        const { open, close } = toSpanEvents(span);
        tree.apply(open);
        if (close !== undefined) tree.apply(close);
      }
      totals.set(traceId, sumUsage(tree, factsOf));
    }
    const all: Record<string, number> = {};
    for (const total of totals.values())
      for (const [field, count] of Object.entries(total as Record<string, number>))
        all[field] = (all[field] ?? 0) + count;
    expect(all).toMatchObject(expected);
  });
});
