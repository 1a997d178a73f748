import { createHash } from 'node:crypto';
import { encodeEvent, encodeEventArray, type RunRow, type SpanRow } from '@spantail/protocol';
import type { ArchivedSpan, RunCommit } from 'spantail';
import { crc32 } from 'node:zlib';

const SPANS = 50;
const AGENTS = ['planner', 'researcher', 'writer', 'reviewer'];
const MODELS = ['gpt-5', 'claude-sonnet-4', 'gemini-3-pro', 'llama-4'];
const TOOLS = ['search', 'read_file', 'write_file', 'run_tests', 'fetch_page', 'sql_query'];
const FIRST_START_US = 1_760_000_000_000_000;
/** Between the starts of two runs. */
const RUN_EVERY_US = 1_000_000;

/** Runs that look like agents', always the same ones: 50 spans each, a third of them model calls. */
export class ArchiveRuns {
  #state = 0x9e37_79b9;
  #count = 0;

  /** The next runs, whole, as an indexer that comes late would commit them. */
  next(runs: number): RunCommit[] {
    return Array.from({ length: runs }, () => this.#run(this.#count++));
  }

  #run(number: number): RunCommit {
    const traceId = hexOf(`run ${number}`, 32);
    const agent = this.#pick(AGENTS);
    const startUs = FIRST_START_US + number * RUN_EVERY_US;
    const spans: ArchivedSpan[] = [];
    let atUs = startUs;
    for (let i = 0; i < SPANS; i++) {
      const durationUs = Math.floor(1_000 * Math.exp(this.#random() * 10));
      spans.push(
        this.#span(traceId, agent, i, spans[Math.floor(i / 4) - 1]?.row, atUs, durationUs),
      );
      atUs += durationUs;
    }
    const rows = spans.map(({ row }) => row);
    const endUs = atUs;
    const models = [...new Set(rows.flatMap(({ model }) => model ?? []))];
    const errorCount = rows.filter(({ status }) => status === 'error').length;
    const run: RunRow = {
      traceId,
      name: `${agent} at work`,
      service: 'bench',
      agent,
      status: this.#random() < 0.05 ? 'error' : 'ok',
      startUs,
      endUs,
      durationUs: endUs - startUs,
      lastActivityUs: endUs,
      spanCount: SPANS,
      openCount: 0,
      errorCount,
      lostCount: 0,
      eventCount: 2 * SPANS,
      models,
      sessionId: `session-${number >> 3}`,
      tags: ['bench'],
      inputTokens: rows.reduce((sum, row) => sum + (row.inputTokens ?? 0), 0),
      outputTokens: rows.reduce((sum, row) => sum + (row.outputTokens ?? 0), 0),
      costUsd: rows.reduce((sum, row) => sum + (row.costUsd ?? 0), 0),
      dropped: { events: 0, updates: 0, payloads: 0 },
    };
    const entries = rows.map((row, i) => entryOf(row, i));
    return {
      project: 'default',
      streamId: traceId,
      expected: undefined,
      position: { epoch: 'e', position: entries.at(-1)?.position ?? '1-0' },
      entries,
      blobs: [],
      run,
      spans,
      ended: true,
    };
  }

  #span(
    traceId: string,
    agent: string,
    i: number,
    parent: SpanRow | undefined,
    startUs: number,
    durationUs: number,
  ): ArchivedSpan {
    const isModel = i % 3 === 1;
    const failed = this.#random() < 0.03;
    const tool = this.#pick(TOOLS);
    const model = this.#pick(MODELS);
    const [asked, answered] = [this.#text(15), this.#text(25)];
    const row: SpanRow = {
      traceId,
      spanId: hexOf(`${traceId} ${i}`, 16),
      ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
      name: isModel ? `chat ${model}` : `execute_tool ${tool}`,
      type: isModel ? 'model' : 'tool',
      state: 'closed',
      status: failed ? 'error' : 'ok',
      startUs,
      endUs: startUs + durationUs,
      durationUs,
      agent,
      ...(isModel
        ? {
            model,
            provider: 'bench',
            inputTokens: Math.floor(this.#random() * 20_000),
            outputTokens: Math.floor(this.#random() * 2_000),
            costUsd: this.#random() / 10,
          }
        : {}),
      ...(failed ? { error: { type: 'ToolError', message: this.#text(8) } } : {}),
      attributes: isModel
        ? {
            'gen_ai.operation.name': 'chat',
            'gen_ai.request.model': model,
            'gen_ai.request.temperature': 0.7,
          }
        : { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool, attempt: i },
      input: { mediaType: 'text/plain', bytes: asked.length, preview: asked, parts: [asked] },
      output: {
        mediaType: 'text/plain',
        bytes: answered.length,
        preview: answered.slice(0, 200),
        parts: [answered],
      },
      outputText: '',
      logs: [],
      links: [],
    };
    const error = row.error === undefined ? '' : `\n${row.error.message}`;
    return { row, searchText: `${row.name}\n${asked}\n${answered}${error}` };
  }

  /** Words as languages have them: a few of them everywhere, most of them seldom. */
  #text(words: number): string {
    let text = '';
    for (let i = 0; i < words; i++)
      text += `${i === 0 ? '' : ' '}w${Math.floor(20_000 ** this.#random()).toString(36)}`;
    return text;
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }

  #random(): number {
    // Xorshift: quick, and the same each time.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }
}

/** A span's open and close in one entry. */
function entryOf(row: SpanRow, i: number) {
  const { spanId, name, type: spanType, attributes, input, output, status } = row;
  const startUs = row.startUs ?? 0;
  const events = encodeEventArray([
    encodeEvent({
      type: 'open',
      spanId,
      name,
      spanType,
      startUs,
      attributes,
      ...(row.parentSpanId === undefined ? {} : { parentSpanId: row.parentSpanId }),
      ...(input === undefined ? {} : { input }),
    }),
    encodeEvent({
      type: 'close',
      spanId,
      endUs: row.endUs ?? startUs,
      status,
      ...(output === undefined ? {} : { output }),
    }),
  ]);
  return {
    position: `${Math.floor(startUs / 1_000)}-${i}`,
    producer: 'bench',
    number: i + 1,
    fin: i === SPANS - 1,
    events,
    count: 2,
    check: crc32(events).toString(16).padStart(8, '0'),
    blobRefs: [],
  };
}

function hexOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
