import { once } from 'node:events';
import { encodeEvent, encodeIngestRequest, type IngestResponse } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Packr } from 'msgpackr';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { IngestSocket, batchOf, postBatches, postBytes } from '../../support/ingest.ts';
import { RawConnection, upgradeRequest } from '../../support/raw-http.ts';
import { RawViewer } from '../../support/raw-viewer.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const TRACE = 'cd'.repeat(16);
const OTHER = 'ab'.repeat(16);
const SPAN = '1'.repeat(16);

/** Someone who watches all the while, and must get exactly what a good publisher sends. */
class Witness {
  readonly #gateway: TestGateway;
  readonly #viewer: RawViewer;
  #number = 0;

  private constructor(gateway: TestGateway, viewer: RawViewer) {
    this.#gateway = gateway;
    this.#viewer = viewer;
  }

  static async start(gateway: TestGateway): Promise<Witness> {
    const viewer = await RawViewer.connect(gateway.url);
    viewer.subscribe(TRACE);
    await viewer.next('live');
    onTestFinished(() => viewer.socket.terminate());
    return new Witness(gateway, viewer);
  }

  async roundTrip(after: string): Promise<void> {
    const number = ++this.#number;
    const event = encodeEvent({ type: 'update', spanId: SPAN, seq: number });
    const batch = batchOf({ traceId: TRACE, number, events: [event] });
    const results = await postBatches(this.#gateway.url, 'witness', [batch]);
    expect(results, after).toMatchObject([{ outcome: 'appended' }]);
    const { events } = await this.#viewer.next('events');
    expect(events, after).toEqual([event]);
  }
}

function nested(depth: number): Uint8Array {
  return Uint8Array.from([...Array.from({ length: depth }, () => 0x91), 0xc0]);
}

function rawEvent(fields: object): Uint8Array {
  return new Uint8Array(packr.pack(fields));
}

function bytesOf(...parts: (string | number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
    ),
  );
}

/** A map of `type`, `spanId`, `seq` and one attribute, `name` → these bytes. */
function updateWith(name: Uint8Array, value: Uint8Array): Uint8Array {
  return bytesOf(
    [0x84, 0xa4],
    'type',
    [0xa6],
    'update',
    [0xa6],
    'spanId',
    [0xb0],
    SPAN,
    [0xa3],
    'seq',
    [0x01],
    [0xaa],
    'attributes',
    [0x81],
    name,
    value,
  );
}

const KEY = bytesOf([0xa1], 'k');

describe('hostile publishers', () => {
  it('[IN3, IN7, EV8, EV9] requests that cannot be read are refused as a whole', async () => {
    const gateway = await startTestGateway();
    const witness = await Witness.start(gateway);
    const socket = await IngestSocket.connect(gateway.url);
    const good = encodeIngestRequest({ producer: 'p', batches: [batchOf({ traceId: OTHER })] });
    const cases: [string, Uint8Array, string][] = [
      ['nothing', new Uint8Array(0), 'BATCH_INVALID'],
      ['the reserved byte', Uint8Array.of(0xc1), 'BATCH_INVALID'],
      ['half a request', good.subarray(0, good.byteLength - 3), 'BATCH_INVALID'],
      ['bytes behind it', bytesOf(good, [0]), 'BATCH_INVALID'],
      ['10,000 levels', nested(10_000), 'BATCH_INVALID'],
      ['a text of 64 MB that is not there', Uint8Array.of(0xdb, 4, 0, 0, 0, 0x61), 'BATCH_INVALID'],
      ['an array of 4 G', Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 0), 'BATCH_INVALID'],
      ['an extension', Uint8Array.of(0xc7, 1, 0x40, 0), 'BATCH_INVALID'],
      ['a lone surrogate', bytesOf([0x81, 0xa3, 0xed, 0xa0, 0x80, 0xc0]), 'BATCH_INVALID'],
      ['another producer', rawEvent({ producer: 'a b', batches: [] }), 'BATCH_INVALID'],
      ['no batches', rawEvent({ producer: 'p' }), 'BATCH_INVALID'],
      ['JSON', Buffer.from('{"producer":"p","batches":[]}'), 'BATCH_INVALID'],
      [
        'millions of batches',
        bytesOf([0x81, 0xa7], 'batches', [0xdd, 1, 0, 0, 0], new Uint8Array(16_777_216).fill(0x80)),
        'TOO_LARGE',
      ],
    ];
    for (const [name, body, code] of cases) {
      const response = await postBytes(gateway.url, body);
      const status = code === 'TOO_LARGE' ? 413 : 400;
      expect(response.status, name).toBe(status);
      expect(await response.json(), name).toMatchObject({ code });
      const { results } = await socket.ask(body);
      expect(results, name).toMatchObject([{ outcome: 'refused', code, retry: false }]);
      await witness.roundTrip(name);
    }
    for (const type of ['application/json', 'text/plain', 'x', 'multipart/form-data']) {
      const response = await postBytes(gateway.url, good, type);
      expect(response.status, type).toBe(type === 'application/json' ? 400 : 415);
      await witness.roundTrip(type);
    }
    expect((await socket.ask(good)).results).toMatchObject([{ outcome: 'appended' }]);
    await socket.close();
  });

  it('[IN2, IN5, IN7, EV2, EV6, EV7] a batch that is wrong is refused in its own place', async () => {
    const gateway = await startTestGateway();
    const witness = await Witness.start(gateway);
    const { traceId } = generateRun(71);
    const event = (rest: object): Uint8Array =>
      rawEvent({ type: 'update', spanId: SPAN, seq: 1, ...rest });
    const cases: [string, Partial<ReturnType<typeof batchOf>>, string][] = [
      ['a wrong trace', { traceId: 'AB'.repeat(16) }, 'TRACE_ID_INVALID'],
      ['a trace of zeros', { traceId: '0'.repeat(32) }, 'TRACE_ID_INVALID'],
      ['the feed', { traceId: '@runs' }, 'TRACE_ID_INVALID'],
      ['number 0', { number: 0 }, 'BATCH_INVALID'],
      ['number NaN', { number: Number.NaN }, 'BATCH_INVALID'],
      ['number 2^53', { number: 2 ** 53 }, 'BATCH_INVALID'],
      ['a wrong span', { events: [event({ spanId: 'xyz' })] }, 'EVENT_INVALID'],
      ['a seq of NaN', { events: [event({ seq: Number.NaN })] }, 'EVENT_INVALID'],
      ['an unknown type', { events: [event({ type: '__proto__' })] }, 'EVENT_INVALID'],
      ['no map', { events: [nested(3)] }, 'EVENT_INVALID'],
      ['10,000 levels', { events: [updateWith(KEY, nested(10_000))] }, 'EVENT_INVALID'],
      [
        '64 MB text',
        { events: [updateWith(KEY, Uint8Array.of(0xdb, 4, 0, 0, 0))] },
        'EVENT_INVALID',
      ],
      [
        'a lone surrogate',
        { events: [updateWith(KEY, Uint8Array.of(0xa3, 0xed, 0xa0, 0x80))] },
        'EVENT_INVALID',
      ],
      ['10 MB', { events: [event({ outputDelta: 'x'.repeat(10_000_000) })] }, 'TOO_LARGE'],
      ['10,001 events', { events: Array.from({ length: 10_001 }, () => event({})) }, 'TOO_LARGE'],
      [
        'a wrong blob',
        { blobs: [{ ref: new Uint8Array(16), bytes: new Uint8Array(3) }] },
        'BATCH_INVALID',
      ],
      ['a short reference', { refs: [new Uint8Array(15)] }, 'BATCH_INVALID'],
    ];
    let number = 0;
    for (const [name, wrong, code] of cases) {
      const good = batchOf({ traceId, number: ++number, events: [event({})] });
      const batches = [batchOf({ traceId: 'ef'.repeat(16), ...wrong }), good];
      const results = await postBatches(gateway.url, 'p', batches);
      expect(results, name).toMatchObject([
        { outcome: 'refused', code, retry: false },
        { outcome: 'appended' },
      ]);
      const refusal = results[0] as Extract<IngestResponse['results'][0], { code: string }>;
      expect(refusal.message, name).toMatch(/batches\[0\]/);
      await witness.roundTrip(name);
    }
    // These are well-formed, if odd: taken, and harmless to whoever reads them.
    const odd = [
      updateWith(bytesOf([0xa9], '__proto__'), Uint8Array.of(0x81, 0xa1, 0x78, 0x01)),
      updateWith(bytesOf([0xab], 'constructor'), Uint8Array.of(0xc3)),
      updateWith(KEY, Uint8Array.of(0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0)),
      updateWith(KEY, Uint8Array.of(0xcf, 255, 255, 255, 255, 255, 255, 255, 255)),
    ];
    const taken = await postBatches(gateway.url, 'odd', [batchOf({ traceId, events: odd })]);
    expect(taken).toMatchObject([{ outcome: 'appended' }]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
    const sse = await fetch(`${gateway.url}/api/v1/traces/${traceId}/events`);
    const reader = (sse.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('18446744073709551615')) {
      const { value, done } = await reader.read();
      if (done) throw new Error('the trace ends too early');
      text += new TextDecoder().decode(value);
    }
    expect(text).toContain('"k":"NaN"');
    expect(text).not.toContain('__proto__');
    await reader.cancel();
  });

  it('[IN5, IN7] what is above the size of a request ends at its sender', async () => {
    const gateway = await startTestGateway();
    const witness = await Witness.start(gateway);
    const large = new Uint8Array(33_554_433);
    const connection = await RawConnection.open(gateway.url);
    connection.say(
      'POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/msgpack\r\n' +
        `Content-Length: ${large.byteLength}\r\n\r\n`,
    );
    await eventually(() => connection.heard.includes('TOO_LARGE'), 'it is refused by its length');
    expect(connection.heard).toMatch(/^HTTP\/1\.1 413 /);
    connection.socket.destroy();
    await witness.roundTrip('a large request');
    const chunked = await RawConnection.open(gateway.url);
    chunked.say(
      'POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/msgpack\r\n' +
        `Transfer-Encoding: chunked\r\n\r\n${large.byteLength.toString(16)}\r\n`,
    );
    chunked.say(large);
    await eventually(() => chunked.heard.includes('TOO_LARGE') || chunked.closed, 'it is refused');
    chunked.socket.destroy();
    await witness.roundTrip('a large request in chunks');
    const socket = await IngestSocket.connect(gateway.url);
    socket.socket.send(large);
    expect([1009, 1006]).toContain(await socket.closed);
    await witness.roundTrip('a large frame');
  });

  it('[IN7] a text frame is refused, half-closed and broken sockets are forgotten', async () => {
    const gateway = await startTestGateway();
    const witness = await Witness.start(gateway);
    const socket = await IngestSocket.connect(gateway.url);
    const refused = { outcome: 'refused', code: 'BAD_MESSAGE' };
    expect((await socket.ask('{"producer":"p"}')).results).toMatchObject([refused]);
    const request = encodeIngestRequest({ producer: 'p', batches: [batchOf({ traceId: OTHER })] });
    expect((await socket.ask(request)).results).toMatchObject([{ outcome: 'appended' }]);
    await socket.close();
    for (const what of ['half', 'unmasked', 'cut in a frame'] as const) {
      const connection = await RawConnection.open(gateway.url);
      connection.say(upgradeRequest('/api/v1/ingest/socket'));
      await eventually(() => connection.heard.includes('101'), 'it is a socket');
      if (what === 'half') connection.socket.end();
      else connection.say(Uint8Array.of(0x82, what === 'unmasked' ? 0x05 : 0xfe, 1, 2, 3));
      if (what === 'cut in a frame') connection.socket.resetAndDestroy();
      await eventually(() => connection.closed, `it is closed after ${what}`);
      await witness.roundTrip(what);
    }
  });

  it('[IN9] a request that does not arrive is ended, and so is a connection without one', async () => {
    const gateway = await startTestGateway({ requestTimeoutMs: 300 });
    const witness = await Witness.start(gateway);
    const begun = [
      'POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/msgpack\r\nContent-Length: 100\r\n\r\nab',
      'GET /live HTTP/1.1\r\nHost: loc',
    ];
    for (const text of begun) {
      const connection = await RawConnection.open(gateway.url);
      connection.say(text);
      await witness.roundTrip('half a request');
      if (!connection.closed) await once(connection.socket, 'close');
      expect(connection.heard).toMatch(/^HTTP\/1\.1 408 /);
    }
    await witness.roundTrip('slow requests');
  });
});
