import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { encodeEvent, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';

interface SseEvent {
  id?: string;
  event: string;
  data: unknown;
}

/** Reads like `curl -N`. */
class SseReader {
  readonly response: IncomingMessage;
  readonly events: SseEvent[] = [];
  ended = false;
  #text = '';

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.#text += text;
      const blocks = this.#text.split('\n\n');
      this.#text = blocks.pop() ?? '';
      for (const block of blocks) if (!block.startsWith(':')) this.events.push(parse(block));
    });
    response.on('error', () => {});
    response.on('close', () => {
      this.ended = true;
    });
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<SseReader> {
    const asked = request(url, { headers, agent: false });
    asked.on('error', () => {});
    asked.end();
    onTestFinished(() => {
      asked.destroy();
    });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return new SseReader(response);
  }

  data(): unknown[] {
    const kinds = new Set(['open', 'update', 'close']);
    return this.events.filter(({ event }) => kinds.has(event)).map(({ data }) => data);
  }
}

function parse(block: string): SseEvent {
  const fields = new Map(
    block.split('\n').map((line) => line.split(/: (.*)/s, 2)) as [string, string][],
  );
  const id = fields.get('id');
  const data: unknown = JSON.parse(fields.get('data') ?? 'null');
  return { event: fields.get('event') ?? '', data, ...(id === undefined ? {} : { id }) };
}

function plain(events: TraceEvent[]): unknown {
  return JSON.parse(JSON.stringify(events));
}

describe('server-sent events', () => {
  it('[SUB17] serve a trace to its end, each event with its cursor, type and JSON', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 10 } });
    const { traceId, events } = generateRun(51);
    const url = `${gateway.url}/api/v1/traces/${traceId}/events`;
    const early = await SseReader.open(url);
    expect(early.response.headers['content-type']).toContain('text/event-stream');
    await gateway.append(traceId, events.slice(0, 2));
    await gateway.append(traceId, events.slice(2), { fin: true });
    await eventually(() => early.ended, 'the answer ends with the run');
    expect(early.data()).toEqual(plain(events));
    expect(early.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'finished' } });

    // Behind each event, by header, by parameter, and by both: who reconnects has come further.
    const ids = early.events.filter(({ event }) => /open|update|close/.test(event));
    for (const at of [0, 1, Math.floor(ids.length / 2), ids.length - 1]) {
      const id = ids[at]?.id ?? '';
      const rest = plain(events.slice(at + 1));
      const asks: [string, Record<string, string>][] = [
        [url, { 'last-event-id': id }],
        [`${url}?after=${encodeURIComponent(id)}`, {}],
        [`${url}?after=${encodeURIComponent(ids[0]?.id ?? '')}`, { 'last-event-id': id }],
      ];
      for (const [where, headers] of asks) {
        const again = await SseReader.open(where, headers);
        await eventually(() => again.ended, 'the answer ends');
        expect(again.data()).toEqual(rest);
      }
    }
  });

  it('[SUB17, SUB16] follow a run beyond its end when asked to, and end with it otherwise', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 10 }, heartbeatMs: 20 });
    const { traceId, events } = generateRun(52);
    const url = `${gateway.url}/api/v1/traces/${traceId}/events`;
    const follows = await SseReader.open(`${url}?follow=true`);
    const ends = await SseReader.open(url);
    await gateway.append(traceId, events, { fin: true });
    await eventually(() => ends.ended, 'the one that ends with the run has ended');
    await eventually(() => follows.events.at(-1)?.event === 'end', 'the other one is told');
    const late: TraceEvent = { type: 'update', spanId: '1'.repeat(16), seq: 0, outputDelta: 'x' };
    await gateway.append(traceId, [late]);
    await eventually(() => follows.data().length === events.length + 1, 'it goes on');
    expect(follows.ended).toBe(false);
    expect(gateway.gateway.channels).toBe(1);
    follows.response.destroy();
    await eventually(() => gateway.gateway.channels === 0, 'the gateway lets go of it');
  });

  it('[SUB17] refuse what is wrong with a problem, and answer a HEAD', async () => {
    const gateway = await startTestGateway();
    const { traceId } = generateRun(53);
    const url = `${gateway.url}/api/v1/traces`;
    const wrong: [string, string][] = [
      [`${traceId}/events?after=nonsense`, 'CURSOR_INVALID'],
      [`${traceId}/events?after=`, 'CURSOR_INVALID'],
      [`${traceId}/events?after=a&after=b`, 'CURSOR_INVALID'],
      ['nonsense/events', 'TRACE_ID_INVALID'],
      [`${'0'.repeat(32)}/events`, 'TRACE_ID_INVALID'],
    ];
    for (const [path, code] of wrong) {
      const response = await fetch(`${url}/${path}`);
      expect(response.status, path).toBe(400);
      expect(await response.json(), path).toMatchObject({ code });
    }
    const head = await fetch(`${url}/${traceId}/events`, { method: 'HEAD' });
    expect(head.status).toBe(404);
    expect(gateway.gateway.channels).toBe(0);
  });

  it('[SUB17, SUB11] end for a reader that takes nothing, while others go on', async () => {
    const gateway = await startTestGateway({
      viewerLimits: { highWaterBytes: 262_144, stuckMs: 500 },
      heartbeatMs: 10,
    });
    const { traceId } = generateRun(54);
    const reader = await SseReader.open(`${gateway.url}/api/v1/traces/${traceId}/events`);
    reader.response.pause();
    const update = encodeEvent({
      type: 'update',
      spanId: '1'.repeat(16),
      seq: 0,
      outputDelta: 'x'.repeat(500_000),
    });
    for (let number = 1; number <= 60; number++)
      await gateway.log.append({
        project: 'default',
        streamId: traceId,
        producer: 'test',
        number,
        fin: false,
        events: [update],
        blobs: [],
        refs: [],
      });
    await eventually(() => gateway.gateway.channels === 0, 'the gateway lets go of it');
    // It beats on while what was sent before is still on its way: nothing of that may hurt.
    const other = await SseReader.open(`${gateway.url}/api/v1/traces/${traceId}/events`);
    await eventually(() => other.data().length === 60, 'another reader has all');
    reader.response.resume();
    await eventually(() => reader.ended, 'the connection ends');
    expect(reader.data().length).toBeLessThan(60);
  });
});
