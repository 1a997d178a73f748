import type { Payload, SpanType, TraceEvent } from '@spantail/protocol';

/** A small seeded generator (mulberry32): tests print the seed and take it back. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface GeneratedRun {
  traceId: string;
  events: TraceEvent[];
}

const TYPES: SpanType[] = ['model', 'tool', 'step', 'retrieval', 'agent'];

/**
 * A well-formed run in the order a publisher would send it: a root, children of random parents that
 * are still open, updates with deltas, closes; everything is closed at the end, the root last.
 */
export function generateRun(seed: number, options: { spans?: number } = {}): GeneratedRun {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => (1 + below(15)).toString(16)).join('');
  const most = options.spans ?? 4 + below(20);
  const traceId = hex(32);
  const events: TraceEvent[] = [];
  const open: { spanId: string; seq: number; text: string }[] = [];
  let clockUs = 1_764_000_000_000_000 + below(1_000_000);
  let opened = 0;

  const start = (): void => {
    const parent = open[below(open.length)];
    const spanId = hex(16);
    clockUs += 1 + below(50_000);
    events.push({
      type: 'open',
      spanId,
      ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
      name: `step ${opened}`,
      spanType: parent === undefined ? 'agent' : (TYPES[below(TYPES.length)] ?? 'step'),
      startUs: clockUs,
      attributes: { index: opened, 'service.name': 'generated' },
      input: textPayload(`input of step ${opened}`),
    });
    open.push({ spanId, seq: 0, text: '' });
    opened++;
  };
  const grow = (): void => {
    const span = open[below(open.length)];
    if (span === undefined) return;
    const delta = `${span.seq}:${hex(1 + below(6))} `;
    events.push({ type: 'update', spanId: span.spanId, seq: span.seq++, outputDelta: delta });
    span.text += delta;
  };
  const end = (index: number): void => {
    const [span] = open.splice(index, 1);
    if (span === undefined) return;
    clockUs += 1 + below(50_000);
    const failed = random() < 0.1;
    events.push({
      type: 'close',
      spanId: span.spanId,
      endUs: clockUs,
      status: failed ? 'error' : 'ok',
      ...(failed ? { error: { type: 'Error', message: `failed at ${clockUs}` } } : {}),
      ...(span.text === '' ? { output: textPayload(`output ${clockUs}`) } : {}),
    });
  };

  start();
  for (;;) {
    if (opened >= most) break;
    const what = random();
    if (what < 0.4) start();
    else if (what < 0.75) grow();
    else if (open.length > 1) end(1 + below(open.length - 1));
  }
  while (open.length > 0) end(open.length - 1);
  return { traceId, events };
}

export function textPayload(text: string): Payload {
  return {
    mediaType: 'text/plain',
    bytes: text.length,
    preview: text.slice(0, 200),
    parts: [text],
  };
}
