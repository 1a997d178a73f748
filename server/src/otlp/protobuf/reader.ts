import { SpantailError } from '@spantail/protocol';

/** What is wrong with the bytes, and where. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const START_GROUP = 3;
const END_GROUP = 4;
export const FIXED32 = 5;

/**
 * Nested messages in one request. Each is an object or two, whose two bytes become a hundred; what
 * fills 64 MiB with spans of real contents has half as many.
 */
const MOST_MESSAGES = 4_194_304;

/** Groups inside of each other in what is skipped. Nobody writes them today. */
const MOST_GROUPS = 32;

/**
 * Walks the fields of a protobuf message, and of those inside of it, without copying: `enter` goes
 * into a nested message, `leave` behind it. Every read is checked against the end of the message
 * that it belongs to.
 *
 * Source of the format: protobuf.dev, "Encoding".
 */
export class ProtobufReader {
  readonly #bytes: Buffer;
  #at: number;
  #end: number;
  /** Shared by all readers of one request. */
  readonly #budget: { messages: number };

  constructor(
    bytes: Buffer,
    start = 0,
    end: number = bytes.length,
    budget = { messages: MOST_MESSAGES },
  ) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#budget = budget;
  }

  /** Number and wire type of the next field (`field << 3 | wire`), 0 at the message's end. */
  tag(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.#varint();
    if (tag < 8 || tag > 0xffff_ffff) throw this.#wrong('is no field');
    return tag;
  }

  /** A varint that JavaScript holds exactly: lengths, enums, counts. Larger ones are cut. */
  uint(): number {
    return this.#varint();
  }

  bool(): boolean {
    return this.#varint() !== 0;
  }

  /** A signed 64-bit integer; beyond what a number holds exactly, its decimal text. */
  int64(): number | string {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        // The usual case: what a number holds, whatever its sign.
        const number = (high | 0) * 4_294_967_296 + (low >>> 0);
        if (Number.isSafeInteger(number)) return number;
        return ((BigInt(high | 0) << 32n) | BigInt(low >>> 0)).toString();
      }
    }
    throw this.#wrong('is a number of more than 64 bits');
  }

  double(): number {
    this.#need(8);
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  fixed32(): number {
    this.#need(4);
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  /**
   * Nanoseconds in a fixed64, as whole microseconds, exactly: 2^32 is 4,294,967 thousands and 296.
   */
  nanosAsUs(): number {
    const low = this.fixed32();
    const high = this.fixed32();
    return high * 4_294_967 + Math.floor((high * 296 + low) / 1_000);
  }

  /** Text; bytes that are not UTF-8 become U+FFFD, so that one odd character costs no span. */
  text(): string {
    const length = this.#length();
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** Bytes as lower-case hex. */
  hex(): string {
    const length = this.#length();
    return this.#bytes.toString('hex', this.#at - length, this.#at);
  }

  base64(): string {
    const length = this.#length();
    return this.#bytes.toString('base64', this.#at - length, this.#at);
  }

  /**
   * Into a nested message; give what this returns to {@link leave}.
   *
   * @throws SpantailError TOO_LARGE when the request has too many
   */
  enter(): number {
    this.#count();
    const length = this.#varint();
    this.#need(length);
    const outer = this.#end;
    this.#end = this.#at + length;
    return outer;
  }

  /** Behind the nested message, wherever in it the reading stopped. */
  leave(outer: number): void {
    this.#at = this.#end;
    this.#end = outer;
  }

  /** A nested message with a reader of its own: what is broken in it does not reach this one. */
  part(): ProtobufReader {
    this.#count();
    const length = this.#length();
    return new ProtobufReader(this.#bytes, this.#at - length, this.#at, this.#budget);
  }

  /** Over a field that is not known, or comes as another type than the schema says. */
  skip(tag: number, groups = 0): void {
    switch (tag & 7) {
      case VARINT:
        this.#varint();
        return;
      case FIXED64:
        this.#pass(8);
        return;
      case BYTES:
        this.#length();
        return;
      case FIXED32:
        this.#pass(4);
        return;
      case START_GROUP:
        this.#skipGroup(tag, groups);
        return;
      default:
        throw this.#wrong('has an unknown wire type');
    }
  }

  #count(): void {
    if (--this.#budget.messages < 0)
      throw new SpantailError(
        'TOO_LARGE',
        `the request has more than ${MOST_MESSAGES} messages inside of each other; send it in several`,
      );
  }

  #skipGroup(start: number, groups: number): void {
    if (groups >= MOST_GROUPS) throw this.#wrong('is nested too deeply');
    for (;;) {
      const tag = this.tag();
      if (tag === 0) throw this.#wrong('ends inside a group');
      if ((tag & 7) === END_GROUP) {
        if (tag >>> 3 !== start >>> 3) throw this.#wrong('ends another group');
        return;
      }
      this.skip(tag, groups + 1);
    }
  }

  /** Goes behind a length and what has that length, which it returns. */
  #length(): number {
    const length = this.#varint();
    this.#pass(length);
    return length;
  }

  #pass(length: number): void {
    this.#need(length);
    this.#at += length;
  }

  #need(length: number): void {
    if (length > this.#end - this.#at)
      throw this.#wrong(`wants ${length} bytes more than there are`);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw this.#wrong('ends inside a number');
    return this.#bytes[this.#at++] ?? 0;
  }

  /** Up to 2^53: bits above that are dropped, as none of the numbers read by this has them. */
  #varint(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 128;
    for (let i = 1; i < 10; i++) {
      const byte = this.#byte();
      if (i < 7) value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return value;
    }
    throw this.#wrong('has a number of more than 64 bits');
  }

  #wrong(what: string): ProtobufError {
    return new ProtobufError(`the message ${what}, at byte ${this.#at}`);
  }
}
