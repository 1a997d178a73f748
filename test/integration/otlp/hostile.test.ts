import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { HostileRequests, type HostileRequest } from '../../support/otlp/hostile-requests.ts';
import { post, type Answer } from '../../support/otlp/post.ts';
import { treeOf } from '../../support/otlp/read-log.ts';

const SEED = Number(process.env['SEED'] ?? 4);
const COUNT = 10_000;
const AT_ONCE = 24;

/** As an exporter does: what may be sent again is sent again. */
async function deliver(url: string, request: HostileRequest): Promise<Answer> {
  for (;;) {
    const { encoding, body, headers } = request;
    const answer = await post(url, encoding, body, { headers });
    if (answer.status !== 429) return answer;
    expect(answer.retryAfter).toBe('1');
  }
}

describe('hostile OTLP', () => {
  it(`[OT2, OT3, OT4, OT18] loses nothing that is sound of ${COUNT} requests, and answers each as it should (SEED=${SEED})`, async () => {
    const { url, log } = await startTestGateway();
    const requests = new HostileRequests(SEED);
    const wrong: string[] = [];
    const sound = new Map<string, string>();
    const statuses = new Map<number, number>();
    let sent = 0;
    const large = requests.large();
    const worker = async (): Promise<void> => {
      while (sent < COUNT && wrong.length < 10) {
        sent++;
        const request = large.pop() ?? requests.next();
        const { status, rejected, message } = await deliver(url, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status !== request.status || rejected !== request.rejected)
          wrong.push(
            `${request.encoding} ${request.what}: ${status} and ${rejected} rejected (${message}), not ${request.status} and ${request.rejected}: ${request.body.toString(request.encoding === 'json' ? 'utf8' : 'hex').slice(0, 2_000)}`,
          );
        for (const [key, name] of request.sound) sound.set(key, name);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(wrong).toEqual([]);
    // Each kind of answer was given, and most were good.
    expect([...statuses.keys()].sort((a, b) => a - b)).toEqual([200, 400, 413, 415]);
    expect(sound.size).toBeGreaterThan(COUNT / 2);

    const found = new Map<string, string>();
    for (const traceId of new Set([...sound.keys()].map((key) => key.slice(0, 32)))) {
      const tree = await treeOf(log, traceId);
      for (const { span } of tree.walk())
        if (span.state !== 'unknown') found.set(`${traceId} ${span.spanId}`, span.name);
    }
    expect(found.size).toBe(sound.size);
    expect(found).toEqual(sound);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await fetch(`${url}/ready`)).status).toBe(200);
  });
});
