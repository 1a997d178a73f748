import { claudeCode } from './claude-code/read.ts';
import type { RunFormat } from './format.ts';
import { jaeger } from './jaeger/read.ts';
import { langfuse } from './langfuse/read.ts';
import { miniSweAgent } from './mini-swe-agent/read.ts';
import { otelJson } from './otel-json/read.ts';
import { otlpJson } from './otlp-json/read.ts';

/** Every format that can be played, most particular first. */
export const FORMATS: readonly RunFormat[] = [
  langfuse,
  claudeCode,
  miniSweAgent,
  jaeger,
  otlpJson,
  otelJson,
];

export function detectFormat(text: string): RunFormat | undefined {
  return FORMATS.find((format) => format.detect(text));
}
