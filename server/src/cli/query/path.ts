import type { QueryPayload, QuerySpan } from '@spantail/client/query';
import { isSpanId, spanQueryStatus } from '@spantail/protocol';
import { payloadLine } from '../../terminal/readable.ts';
import { spanLabel } from '../../terminal/span-label.ts';
import {
  formatClock,
  formatMoney,
  formatStatus,
  formatTokens,
  inkOf,
} from '../../terminal/table/cells.ts';
import { fit, lineFrom, oneLine, widthOf } from '../../terminal/text.ts';
import { UsageError } from '../usage-error.ts';
import { COMMON, parse, queryOf, requireNoMore, requireTraceId } from './arguments.ts';
import { jsonLine, print, screen, type Screen } from './output.ts';

const OPTIONS = { ...COMMON, full: { type: 'boolean' } } as const;

/** `spantail path`: from a span up to the root, each step with what it was given and gave. */
export async function path(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS);
  requireNoMore(positionals, 2);
  const traceId = requireTraceId(positionals[0]);
  const spanId = positionals[1];
  if (spanId === undefined) throw new UsageError('say which span: TRACE_ID SPAN_ID');
  if (!isSpanId(spanId))
    throw new UsageError(
      `"${String(spanId).slice(0, 80)}" is not a span id: 16 lower-case hex digits`,
    );
  const isWhole = values['full'] === true || values['json'] === true;
  const payloads = isWhole ? 'full' : 'reference';
  const steps = await queryOf(values).path(traceId, spanId, { payloads, signal });
  if (values['json'] === true) {
    for (const step of steps) await print(jsonLine(step));
    return 0;
  }
  const view = screen();
  const nowUs = Date.now() * 1_000;
  for (const step of steps) await print(renderStep(step, view, nowUs, values['full'] === true));
  return 0;
}

function renderStep(step: QuerySpan, view: Screen, nowUs: number, full: boolean): string {
  const { columns, style } = view;
  const status = spanQueryStatus(step);
  const tokens = formatTokens(step.inputTokens, step.outputTokens);
  const facts = [
    step.type,
    step.model ?? '',
    formatClock({ ...step, isOpen: step.state === 'open' }, nowUs),
    tokens === '' ? '' : `${tokens} tokens`,
    formatMoney(step.costUsd),
    step.spanId,
  ].filter((fact) => fact !== '');
  const name = fit(labelOf(step), Math.floor(columns / 2));
  const mark = formatStatus(status);
  const room = columns - widthOf(name) - mark.length - 4;
  const lines = [
    `${inkOf(status, style)(mark)}  ${style.bold(name)}  ${style.dim(fit(facts.join(' · '), room))}`,
  ];
  const { error } = step;
  if (error !== undefined)
    lines.push(...section('failed', `${error.type}: ${error.message}`, view, full, style.failed));
  lines.push(...section('given', textOf(step.input, full), view, full));
  const gave = textOf(step.output, full) || step.outputText;
  lines.push(...section('gave', gave, view, full));
  return lines.join('\n');
}

function labelOf(step: QuerySpan): string {
  const { attributes, type: spanType, name } = step;
  return spanLabel({ name, attributes, spanType });
}

/** A line of it, or all of it. */
function section(
  title: string,
  text: string,
  { columns, style }: Screen,
  full: boolean,
  paint: (line: string) => string = String,
): string[] {
  if (text === '') return [];
  const lead = `    ${title.padEnd(6)}  `;
  if (!full)
    return [style.dim(lead) + paint(fit(lineFrom(text, 4 * columns), columns - lead.length))];
  const lines = text.split('\n').map((line) => paint(oneLine(line)));
  const blank = ' '.repeat(lead.length);
  return lines.map((line, i) => `${i === 0 ? style.dim(lead) : blank}${line}`.trimEnd());
}

function textOf(payload: QueryPayload | undefined, full: boolean): string {
  if (payload === undefined) return '';
  if (!full) return payloadLine(payload, 4 * 200);
  if (payload.valueMissing !== undefined)
    return `${payload.preview}… (${payload.bytes} bytes; ${payload.valueMissing})`;
  return typeof payload.value === 'string'
    ? payload.value
    : JSON.stringify(payload.value, undefined, 2);
}
