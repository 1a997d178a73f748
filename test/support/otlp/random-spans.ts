import type { PlainRecord, PlainResource, PlainSpan, PlainValue } from './build.ts';

const TEXTS = ['', 'a', 'größer', '🙂', 'x'.repeat(300), '{"a":[1,2]}', 'line\nline', '__proto__'];
const INT64S = [
  0n,
  1n,
  -1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 53n - 1n,
  2n ** 53n,
  -(2n ** 63n),
  2n ** 63n - 1n,
];
const DOUBLES = [0, -0.5, 1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY];
/** Keys that mean nothing to the normal form, and some that do. */
const KEYS = [
  'a',
  'b.c',
  'größe',
  'constructor',
  '__proto__',
  'gen_ai.operation.name',
  'input.value',
];

/** Requests of any contents, out of a random source. */
export class RandomSpans {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  resources(): PlainResource<PlainSpan>[] {
    return this.#list(3, () => ({
      attributes: this.#attributes(),
      scopes: this.#list(3, () => ({
        name: this.#choose(TEXTS),
        version: this.#choose(TEXTS),
        items: this.#list(4, () => this.#span()),
      })),
    }));
  }

  records(): PlainRecord[] {
    return this.#list(4, () => ({
      traceId: this.#hex(16),
      spanId: this.#hex(8),
      nanos: this.#nanos(),
      severity: this.#below(25),
      eventName: this.#choose(TEXTS),
      body: this.#value(2),
      attributes: this.#attributes(),
    }));
  }

  #span(): PlainSpan {
    return {
      traceId: this.#hex(16),
      spanId: this.#hex(8),
      ...(this.#below(2) === 0 ? {} : { parentSpanId: this.#hex(8) }),
      name: this.#choose(TEXTS),
      kind: this.#below(7),
      startNanos: this.#nanos(),
      endNanos: this.#choose([0n, this.#nanos()]),
      status: { code: this.#below(4), message: this.#choose(TEXTS) },
      attributes: this.#attributes(),
      events: this.#list(3, () => ({
        nanos: this.#nanos(),
        name: this.#choose(TEXTS),
        attributes: this.#attributes(),
      })),
      links: this.#list(2, () => ({
        traceId: this.#hex(16),
        spanId: this.#hex(8),
        attributes: this.#attributes(),
      })),
      flags: this.#choose([0, 1, 0x100, 0x300, 0xffff_ffff]),
    };
  }

  #attributes(): Record<string, PlainValue> {
    // `__proto__` as a key of its own, as it is on the wire.
    return Object.fromEntries(this.#list(5, () => [this.#choose(KEYS), this.#value(2)] as const));
  }

  #value(levels: number): PlainValue {
    switch (this.#below(levels === 0 ? 6 : 8)) {
      case 0:
        return this.#choose(TEXTS);
      case 1:
        return this.#choose([true, false]);
      case 2:
        return this.#choose(INT64S);
      case 3:
        return this.#choose(DOUBLES);
      case 4:
        return Buffer.from(this.#hex(5), 'hex');
      case 5:
        return null;
      case 6:
        return this.#list(3, () => this.#value(levels - 1));
      default:
        return Object.fromEntries(
          this.#list(3, () => [this.#choose(KEYS), this.#value(levels - 1)] as const),
        );
    }
  }

  #nanos(): bigint {
    return this.#choose([
      1_000n,
      1_999n,
      1_790_000_000_000_000_000n + BigInt(this.#below(1e9)),
      9_007_199_254_740_991_999n,
    ]);
  }

  #hex(bytes: number): string {
    return Array.from({ length: bytes }, () =>
      (1 + this.#below(255)).toString(16).padStart(2, '0'),
    ).join('');
  }

  #list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#below(most + 1) }, make);
  }

  #choose<T>(items: readonly T[]): T {
    const item = items[this.#below(items.length)];
    return item as T;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
