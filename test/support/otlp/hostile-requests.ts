import { gzipSync } from 'node:zlib';
import { seededRandom } from '../generate-run.ts';
import type { Encoding, PlainSpan, PlainValue } from './build.ts';
import { brokenSpan, oddSpan, soundSpan, type HostileSpan } from './hostile-spans.ts';
import { bytesField, requestAround, tag, varint } from './wire.ts';

export interface HostileRequest {
  encoding: Encoding;
  body: Buffer;
  headers: Record<string, string>;
  /** What must be answered. */
  status: number;
  rejected: number;
  /** Spans that must be in the log if it is answered with 200: name by trace and span id. */
  sound: Map<string, string>;
  what: string;
}

const TRACES = 300;
const START = 1_790_000_000_000_000_000n;
const BOMB_BYTES = 64 * 1024 * 1024 + 1;
let bomb: Buffer | undefined;

/** Requests, valid and broken in all ways there are, the same for the same seed. */
export class HostileRequests {
  readonly #random: () => number;
  #spans = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  next(): HostileRequest {
    const encoding = this.#choose<Encoding>(['protobuf', 'json']);
    const dice = this.#random();
    if (dice < 0.25) return this.#whole(encoding);
    const request = this.#mixed(encoding);
    if (dice < 0.5) return this.#packed(request);
    return request;
  }

  /** Few, for what each of them costs. */
  large(): HostileRequest[] {
    bomb ??= gzipSync(Buffer.alloc(BOMB_BYTES));
    const ten = this.#span({ large: 'x'.repeat(10_000_000) });
    return (['protobuf', 'json'] as const).flatMap((encoding) => [
      refusal(encoding, bomb ?? Buffer.alloc(0), 413, 'a bomb', { 'content-encoding': 'gzip' }),
      this.#around(encoding, [soundSpan(ten)], 'ten megabytes'),
      refusal(encoding, tooManyValues(encoding), 413, 'too many values'),
    ]);
  }

  #choose<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new RangeError('there is nothing to choose');
    return item;
  }

  #span(attributes: Record<string, PlainValue> = {}): PlainSpan {
    const index = ++this.#spans;
    const trace = 1 + Math.floor(this.#random() * TRACES);
    const isOpen = this.#random() < 0.1;
    return {
      traceId: `d${trace.toString(16).padStart(31, '0')}`,
      spanId: index.toString(16).padStart(16, '0'),
      ...(index > 1 && this.#random() < 0.7
        ? { parentSpanId: (index - 1).toString(16).padStart(16, '0') }
        : {}),
      name: this.#choose(['', `span ${index}`, `span ${index} 🙂`]),
      kind: this.#choose([0, 1, 2, 3, 4, 5]),
      startNanos: START + BigInt(index) * 1_000n,
      ...(isOpen ? {} : { endNanos: START + BigInt(index) * 2_000n }),
      attributes: {
        n: BigInt(index),
        double: this.#choose([1.5, Number.NaN, -Infinity]),
        list: ['a', null, { b: 2n }],
        bytes: Buffer.from([1, 2, 3]),
        min: -(2n ** 63n),
        ...attributes,
      },
    };
  }

  #mixed(encoding: Encoding): HostileRequest {
    const spans = Array.from({ length: Math.floor(this.#random() * 5) }, () =>
      this.#choose([
        () => soundSpan(this.#span()),
        () => oddSpan(this.#span(), (items) => this.#choose(items)),
        () => brokenSpan(this.#span(), (items) => this.#choose(items)),
      ])(),
    );
    const request = this.#around(encoding, spans, 'spans');
    return this.#random() < 0.1 ? brokenAround(request) : request;
  }

  #around(encoding: Encoding, spans: HostileSpan[], what: string): HostileRequest {
    const body =
      encoding === 'protobuf'
        ? requestAround(spans.map(({ protobuf }) => protobuf))
        : Buffer.from(
            JSON.stringify({
              resourceSpans: [{ scopeSpans: [{ spans: spans.map(({ json }) => json) }] }],
            }),
          );
    const sound = new Map<string, string>();
    for (const { json, name } of spans) {
      const { traceId, spanId } = (json ?? {}) as { traceId?: string; spanId?: string };
      if (name !== undefined) sound.set(`${traceId} ${spanId}`, name);
    }
    const rejected = spans.filter(({ name }) => name === undefined).length;
    return { encoding, body, headers: {}, status: 200, rejected, sound, what };
  }

  #packed(request: HostileRequest): HostileRequest {
    const headers = { 'content-encoding': 'gzip' };
    const body = gzipSync(request.body, { level: 1 });
    if (this.#random() < 0.8) return { ...request, body, headers };
    const cut = body.subarray(0, 1 + Math.floor(this.#random() * (body.length - 9)));
    return refusal(request.encoding, cut, 400, 'half of a gzip', headers);
  }

  /** Requests that are refused as a whole, and empty ones. */
  #whole(encoding: Encoding): HostileRequest {
    const { body } = this.#around(encoding, [soundSpan(this.#span())], '');
    const cut = body.subarray(0, 1 + Math.floor(this.#random() * (body.length - 1)));
    const kinds: (() => HostileRequest)[] = [
      () => refusal(encoding, cut, 400, 'cut'),
      () => refusal(encoding, cut, 400, 'cut'),
      () => refusal(encoding, body, 415, 'brotli', { 'content-encoding': 'br' }),
      () => refusal(encoding, body, 415, 'a type', { 'content-type': 'application/yaml' }),
      () => refusal(encoding, body, 400, 'no gzip', { 'content-encoding': 'gzip' }),
      () => refusal(encoding, this.#choose(NO_REQUEST[encoding]), 400, 'no request'),
      () => ({ ...refusal(encoding, this.#choose(EMPTY[encoding]), 200, 'empty') }),
    ];
    return this.#choose(kinds)();
  }
}

const NO_REQUEST: Record<Encoding, Buffer[]> = {
  protobuf: [
    Buffer.from([0x00]),
    Buffer.from([0x0f]),
    Buffer.concat([tag(1, 2), varint(2n ** 64n - 1n)]),
    Buffer.concat([tag(1, 2), Buffer.from(Array.from({ length: 11 }, () => 0xff))]),
    Buffer.concat([tag(9, 3), tag(9, 3), tag(9, 4)]),
    Buffer.concat(Array.from({ length: 100_000 }, () => tag(9, 3))),
  ],
  json: [
    'null',
    '5',
    '"text"',
    '[]',
    'true',
    '{"resourceSpans":5}',
    '{"resourceSpans":{}}',
    '{"a":',
  ].map((text) => Buffer.from(text)),
};

const EMPTY: Record<Encoding, Buffer[]> = {
  protobuf: [
    Buffer.alloc(0),
    bytesField(1, ''),
    bytesField(77, 'unknown'),
    Buffer.concat([tag(1, 0), varint(5)]),
    bytesField(1, bytesField(1, bytesField(1, Buffer.from([0xff])))),
  ],
  json: [
    '',
    '{}',
    '{"resourceSpans":null}',
    '{"resourceSpans":[]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":null}]}]}',
    '{"__proto__":{"resourceSpans":[5]},"constructor":{}}',
    `{"unknown":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  ].map((text) => Buffer.from(text)),
};

/** Broken behind its spans, in what is around them. */
function brokenAround(request: HostileRequest): HostileRequest {
  const { encoding, body, rejected } = request;
  if (encoding === 'protobuf') {
    const more = bytesField(1, bytesField(2, Buffer.concat([tag(5, 2), varint(99)])));
    return {
      ...request,
      body: Buffer.concat([body, more]),
      rejected: rejected + 1,
      what: 'around',
    };
  }
  const { resourceSpans } = JSON.parse(body.toString()) as { resourceSpans: unknown[] };
  const more = [5, { scopeSpans: 'x' }, { scopeSpans: [null, { spans: {} }] }];
  return {
    ...request,
    body: Buffer.from(JSON.stringify({ resourceSpans: [...more, ...resourceSpans] })),
    rejected: rejected + 4,
    what: 'around',
  };
}

function tooManyValues(encoding: Encoding): Buffer {
  if (encoding === 'json') return Buffer.from(`{"resourceSpans":[${'{},'.repeat(3_000_000)}{}]}`);
  const events = Buffer.alloc(2 * 4_500_000);
  for (let i = 0; i < events.length; i += 2) events[i] = 0x5a;
  return requestAround([events]);
}

function refusal(
  encoding: Encoding,
  body: Buffer,
  status: number,
  what: string,
  headers: Record<string, string> = {},
): HostileRequest {
  return { encoding, body, headers, status, rejected: 0, sound: new Map(), what };
}
