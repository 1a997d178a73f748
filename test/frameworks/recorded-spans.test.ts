import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toNormalForm, type OtelSpan } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';

/** Of each span what its SDK decides, without ids, times and how long it took. */
function shapeOf(spans: OtelSpan[]): string[] {
  return spans
    .map((span) => {
      const { spanType, input, output, usage, error } = toNormalForm(span);
      const told = {
        name: span.name,
        status: span.status,
        attributes: Object.keys(span.attributes).sort(),
        events: span.events.map(({ name, attributes }) => [name, Object.keys(attributes).sort()]),
        normal: [spanType, typeof input, typeof output, usage, error?.type, error?.message],
      };
      return JSON.stringify(told);
    })
    .sort();
}

describe('spans of the installed SDKs', () => {
  it.each([
    ['record-ai-sdk-6.ts', [], 'ai-sdk-6.json'],
    ['record-ai-sdk-7.ts', [], 'ai-sdk-7.json'],
    ['record-ai-sdk-7.ts', ['legacy'], 'ai-sdk-7-legacy.json'],
    ['record-openinference.ts', [], 'openinference-langchain.json'],
  ])('[NF1] %s %j are as they were recorded', async (program, args, file) => {
    const printed = await new FrameworkProgram(`programs/${program}`, args, {}).ended();
    const recorded = readFileSync(
      join(import.meta.dirname, '../fixtures/otel-spans', file),
      'utf8',
    );
    expect(shapeOf(JSON.parse(printed) as OtelSpan[])).toEqual(
      shapeOf(JSON.parse(recorded) as OtelSpan[]),
    );
  });
});
