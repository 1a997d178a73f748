import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTracer } from '@spantail/agent';
import { treeToJson } from '@spantail/client';
import { describe, expect, it } from 'vitest';
import { connect } from '../../support/client/connect.ts';
import { runCommand } from '../../support/cli.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const ending = { tracker: { graceMs: 5 } };

/** A run with a conversation that is sent again and again, as agents do. */
async function conversation(url: string): Promise<string> {
  const tracer = createTracer({ url, service: 'exported' });
  const messages: object[] = [];
  const traceId = await tracer.run('chat', async (run) => {
    for (let i = 0; i < 30; i++) {
      messages.push({ role: 'user', content: `${i} ${'long text '.repeat(100)}` });
      await run.model(`turn ${i}`, { input: messages }, (span) => {
        span.append(`answer ${i}`).setUsage({ inputTokens: i, outputTokens: 2, costUsd: 0.25 });
        return `answer ${i}`;
      });
    }
    await run
      .tool('fails', () => {
        throw new RangeError('no');
      })
      .catch(() => {});
    return run.traceId;
  });
  await tracer.shutdown();
  return traceId;
}

describe('spantail export and import', () => {
  it('events: the same events with the same payloads, stored once', async () => {
    const [from, to] = [await startTestGateway(ending), await startTestGateway(ending)];
    const traceId = await conversation(from.url);
    const file = join(temporaryDirectory(), 'run.jsonl');
    expect(await runCommand(['export', traceId, '--out', file, '--url', from.url])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const text = readFileSync(file, 'utf8');
    // 30 messages of a kilobyte, named 465 times.
    expect(text.length).toBeLessThan(300_000);
    const imported = await runCommand(['import', file, '--url', to.url]);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(imported.stdout).toContain(traceId);

    const [one, other] = [connect(from), connect(to)];
    const before = await one.stateAt(traceId, Date.now() + 1_000);
    const after = await other.stateAt(traceId, Date.now() + 1_000);
    expect(treeToJson(after)).toEqual(treeToJson(before));
    for (const { span } of after.walk()) {
      const same = before.get(span.spanId);
      expect(await span.input?.load()).toEqual(await same?.input?.load());
    }
    const again = await runCommand(['import', file, '--url', to.url]);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/has a run [0-9a-f]{32} already/);
    expect((await runCommand(['import', file, '--force', '--url', to.url])).code).toBe(0);
    expect(treeToJson(await other.stateAt(traceId, Date.now() + 1_000))).toEqual(
      treeToJson(before),
    );
  });

  it('otlp: the same spans, with inputs and outputs', async () => {
    const [from, to] = [await startTestGateway(ending), await startTestGateway(ending)];
    const traceId = await conversation(from.url);
    const { code, stdout } = await runCommand([
      'export',
      traceId,
      '--format',
      'otlp',
      '--url',
      from.url,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('resourceSpans');
    const file = join(temporaryDirectory(), 'run.json');
    writeFileSync(file, stdout);
    expect((await runCommand(['import', file, '--url', to.url])).code).toBe(0);
    const before = await connect(from).stateAt(traceId, Date.now() + 1_000);
    const after = await connect(to).stateAt(traceId, Date.now() + 1_000);
    expect(after.spanCount).toBe(before.spanCount);
    for (const { span } of before.walk()) {
      const same = after.get(span.spanId);
      expect(same).toMatchObject({
        name: span.name,
        spanType: span.spanType,
        parentSpanId: span.parentSpanId,
        startUs: span.startUs,
        endUs: span.endUs,
        status: span.status,
        error: span.error,
        usage: span.usage,
      });
      expect(await same?.input?.load()).toEqual(await span.input?.load());
      if (span.spanType === 'model') expect(await same?.output?.load()).toBe(span.outputText);
    }
  });

  it('says what is wrong, and publishes nothing of it', async () => {
    const gateway = await startTestGateway(ending);
    const missing = await runCommand(['export', 'a'.repeat(32), '--url', gateway.url]);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toContain('there is no run');
    const traceId = await conversation(gateway.url);
    const directory = temporaryDirectory();
    const file = join(directory, 'run.jsonl');
    await runCommand(['export', traceId, '--out', file, '--url', gateway.url]);
    const to = await startTestGateway(ending);
    const refused = async (path: string): Promise<string> => {
      const result = await runCommand(['import', path, '--url', to.url]);
      expect(result).toMatchObject({ code: 1, stdout: '' });
      return result.stderr;
    };
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(join(directory, 'shorter.jsonl'), lines.slice(0, -3).join('\n'));
    expect(await refused(join(directory, 'shorter.jsonl'))).toMatch(
      /shorter\.jsonl.*ends too early/,
    );
    truncateSync(file, 5_000);
    expect(await refused(file)).toMatch(/run\.jsonl, line \d+/);
    const head = lines[0] ?? '';
    writeFileSync(file, `${head}\n{"timeMs":1,"event":{"type":"open","spanId":"x"}}\n`);
    expect(await refused(file)).toMatch(/run\.jsonl, line 2.*spanId/);
    expect(await refused(join(RUNS_FOLDER, 'claude-code/short.jsonl'))).toContain('short.jsonl');
    expect((await runCommand(['export', 'x'])).code).toBe(2);
    expect((await runCommand(['import'])).code).toBe(2);
    const first = connect(to).runs({ live: false })[Symbol.asyncIterator]();
    expect((await first.next()).done).toBe(true);
  });
});
