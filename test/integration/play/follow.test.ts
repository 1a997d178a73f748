import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LIMITS, type TraceEvent } from '@spantail/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlayResult } from '../../../server/src/play/index.ts';
import { followSession, play } from '../../../server/src/play/index.ts';
import { EventLedger, eventProblems } from '../../support/play/event-ledger.ts';
import { RUNS_FOLDER, fixture } from '../../support/play/fixture.ts';

let folder: string;
let file: string;
let ledger: EventLedger;
let stop: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spantail-follow-'));
  file = join(folder, 'session.jsonl');
  ledger = new EventLedger();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

const follow = async (): Promise<PlayResult> =>
  followSession(file, ledger, { signal: stop.signal, pollMs: 20 });

async function recordedLines(path: string): Promise<string[]> {
  const bytes = await readFile(join(RUNS_FOLDER, path));
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text.split(/(?<=\n)/);
}

const opens =
  (name: string) =>
  (event: TraceEvent): boolean =>
    event.type === 'open' && event.name === name;
const grows =
  (text: string) =>
  (event: TraceEvent): boolean =>
    event.type === 'update' && event.outputDelta?.includes(text) === true;

describe('following a session that is being written', () => {
  it('[PROM1, PROM2] publishes what is there, then each line as it is written', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    await writeFile(file, lines.slice(0, 6).join(''));
    const following = follow();
    await ledger.until(grows('The user is having trouble'));
    expect(ledger.events.some(({ event }) => grows('Let me check the project')(event))).toBe(false);

    await appendFile(file, lines[6] ?? '');
    await ledger.until(grows('Let me check the project'));
    await appendFile(file, lines[7] ?? '');
    await ledger.until(opens('Bash'));
    await appendFile(file, lines.slice(8).join(''));
    await ledger.until((event) => event.type === 'close' && event.status === 'error');
    stop.abort();
    const { traceId, spans } = await following;
    expect(spans).toBe(4);
    expect(eventProblems(ledger.of(traceId))).toEqual([]);
  });

  it('has the recorded times, and the same spans as the finished file played', async () => {
    const lines = await recordedLines('claude-code/tool-heavy.jsonl');
    await writeFile(file, lines.join(''));
    const following = follow();
    await ledger.until(opens('claude-code'));
    stop.abort();
    const followed = await following;
    const whole = new EventLedger();
    const played = await play(await fixture('claude-code/tool-heavy.jsonl'), whole, {
      speed: 'max',
      traceId: followed.traceId,
    });
    const starts = (events: TraceEvent[]): Map<string, number> =>
      new Map(
        events.flatMap((event) => (event.type === 'open' ? [[event.spanId, event.startUs]] : [])),
      );
    const live = starts(ledger.of(followed.traceId));
    const again = starts(whole.of(played.traceId));
    expect([...live.keys()].toSorted()).toEqual([...again.keys()].toSorted());
    const first = Math.min(...live.values());
    const firstAgain = Math.min(...again.values());
    for (const [spanId, startUs] of live)
      expect((again.get(spanId) ?? 0) - firstAgain).toBe(startUs - first);
  });

  it('a last line without its newline waits for the rest', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    const line = lines[7] ?? '';
    await writeFile(file, lines.slice(0, 7).join('') + line.slice(0, 200));
    const following = follow();
    await ledger.until(grows('Let me check the project'));
    await appendFile(file, line.slice(200, 400));
    await appendFile(file, line.slice(400));
    await ledger.until(opens('Bash'));
    stop.abort();
    expect(await following).toMatchObject({ spans: 3, interrupted: true });
  });

  it('a sub-agent whose file appears later stands below its Task call', async () => {
    const lines = await recordedLines('claude-code/sub-agent.jsonl.gz');
    const subLines = await recordedLines('claude-code/sub-agent/subagents/agent-aac57f5.jsonl.gz');
    // Without the main file's repetitions: the sub-agent's own file has to be found.
    const main = lines.filter((line) => !line.includes('"agent_progress"'));
    const task = main.findIndex((line) => line.includes('"name":"Task"'));
    await writeFile(file, main.slice(0, task + 1).join(''));
    const following = follow();
    await ledger.until((event) => event.type === 'open' && event.name.startsWith('Task'));
    const subAgents = join(folder, 'session', 'subagents');
    await mkdir(subAgents, { recursive: true });
    await writeFile(join(subAgents, 'agent-aac57f5.jsonl'), subLines.join(''));
    await appendFile(file, main.slice(task + 1).join(''));
    await ledger.until(
      (event) => event.type === 'open' && event.attributes?.['gen_ai.agent.id'] === 'aac57f5',
    );
    await ledger.untilSpans(75);
    stop.abort();
    const { traceId, spans } = await following;
    expect(spans).toBe(75);
    expect(eventProblems(ledger.of(traceId))).toEqual([]);
    const events = ledger.of(traceId);
    const agent = events.find(
      (event) => event.type === 'open' && event.attributes?.['gen_ai.agent.id'] === 'aac57f5',
    );
    const call = events.find((event) => event.type === 'open' && event.name.startsWith('Task'));
    expect(agent).toMatchObject({ parentSpanId: call?.spanId });
  });

  it('stopping closes what is open as unset and says that watching stopped', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    await writeFile(file, lines.slice(0, 8).join(''));
    const following = follow();
    await ledger.until(opens('Bash'));
    stop.abort();
    const { traceId } = await following;
    expect(ledger.stillOpen()).toEqual([]);
    const root = ledger.of(traceId)[0]?.spanId;
    const ended = ledger.of(traceId).filter((event) => event.type === 'close');
    expect(ended.find(({ spanId }) => spanId === root)).toMatchObject({
      status: 'unset',
      attributes: { 'spantail.ended_by': 'watching stopped' },
    });
    expect(ended.some(({ status }) => status === 'error')).toBe(false);
  });

  it('a truncated file ends following with an error that says so, and nothing stays open', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    await writeFile(file, lines.slice(0, 8).join(''));
    const following = follow();
    const failed = expect(following).rejects.toThrow(
      /session\.jsonl, line 9: the file was truncated or replaced/,
    );
    await ledger.until(opens('Bash'));
    await truncate(file, 10);
    await failed;
    expect(ledger.stillOpen()).toEqual([]);
  });

  it('a malformed line is named by its number', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    await writeFile(file, lines.slice(0, 8).join(''));
    const following = follow();
    const failed = expect(following).rejects.toThrow(/session\.jsonl, line 10: not valid JSON/);
    await ledger.until(opens('Bash'));
    await appendFile(file, `${lines[8]}{"type": oops}\n`);
    await failed;
    expect(ledger.stillOpen()).toEqual([]);
  });

  it('another file in its place ends following with an error that says so', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    await writeFile(file, lines.slice(0, 8).join(''));
    const following = follow();
    const failed = expect(following).rejects.toThrow(/line 9: the file was truncated or replaced/);
    await ledger.until(opens('Bash'));
    const other = join(folder, 'other');
    await writeFile(other, lines.join(''));
    await rename(other, file);
    await failed;
    expect(ledger.stillOpen()).toEqual([]);
  });

  it('a deleted file ends following with an error that says so', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    await writeFile(file, lines.slice(0, 8).join(''));
    const following = follow();
    const failed = expect(following).rejects.toThrow(
      /session\.jsonl: the file was deleted while it was followed/,
    );
    await ledger.until(opens('Bash'));
    await rm(file);
    await failed;
    expect(ledger.stillOpen()).toEqual([]);
  });

  it('[PROM2] a line of 10 MB is published whole, in pieces that fit events', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    const text = `é${'x'.repeat(10 * 1_048_576)}`;
    const assistant = lines.find((line) => line.includes('"type":"text"')) ?? '';
    const parsed = JSON.parse(assistant) as { uuid: string; message: { content: object[] } };
    parsed.uuid = 'another';
    parsed.message.content = [{ type: 'text', text }];
    const huge = Buffer.from(`${JSON.stringify(parsed)}\n`);
    await writeFile(file, lines.slice(0, 7).join(''));
    const following = follow();
    await ledger.until(grows('Let me check the project'));
    // Cut amid a character of two bytes, and into pieces that are read as they come.
    const cut = huge.indexOf(Buffer.from('é')) + 1;
    await appendFile(file, huge.subarray(0, cut));
    for (let from = cut; from < huge.length; from += 1_048_576)
      await appendFile(file, huge.subarray(from, from + 1_048_576));
    await appendFile(file, lines[7] ?? '');
    await ledger.until(opens('Bash'));
    stop.abort();
    const { traceId } = await following;
    const deltas = ledger
      .of(traceId)
      .flatMap((event) => (event.type === 'update' ? [event.outputDelta ?? ''] : []));
    expect(deltas.join('').includes(text)).toBe(true);
    expect(Math.max(...deltas.map((delta) => Buffer.byteLength(delta)))).toBeLessThan(
      LIMITS.eventBytes / 4,
    );
    expect(eventProblems(ledger.of(traceId))).toEqual([]);
  });

  it("a sub-agent's log that is deleted, or that says nothing yet, ends nothing", async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    const subAgents = join(folder, 'session', 'subagents');
    await mkdir(subAgents, { recursive: true });
    const subAgent = join(subAgents, 'agent-a1.jsonl');
    await writeFile(subAgent, '{"type":"user","sessionId":"s"');
    await writeFile(file, lines.slice(0, 7).join(''));
    const following = follow();
    await ledger.until(grows('Let me check the project'));
    await rm(subAgent);
    await appendFile(file, lines[7] ?? '');
    await ledger.until(opens('Bash'));
    stop.abort();
    expect(await following).toMatchObject({ interrupted: true });
  });

  it('an empty file waits for its first line', async () => {
    const lines = await recordedLines('claude-code/short.jsonl');
    await writeFile(file, '');
    const following = follow();
    await appendFile(file, lines.slice(0, 3).join(''));
    await ledger.until(opens('claude-code'));
    stop.abort();
    await following;
    expect(ledger.stillOpen()).toEqual([]);
  });

  it('only a session log can be followed', async () => {
    await writeFile(file, '[\n{"trace_id": "x", "span_id": "y"}]\n');
    await expect(follow()).rejects.toThrow(/only session logs of Claude Code can be followed/);
    await rm(file);
    await expect(follow()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(followSession(folder, ledger, { signal: stop.signal })).rejects.toThrow(
      /is a folder; one session log can be followed at a time/,
    );
    expect(ledger.events).toEqual([]);
  });
});
