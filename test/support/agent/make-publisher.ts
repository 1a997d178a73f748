import { Publisher, type PublisherOptions } from '@spantail/agent';
import type { CloseEvent, OpenEvent, SpanId, UpdateEvent } from '@spantail/protocol';
import { onTestFinished } from 'vitest';
import { MemoryLog } from './memory-log.ts';

export const TRACE = 'a'.repeat(32);
export const OTHER = 'b'.repeat(32);

export interface TestPublisher {
  publisher: Publisher;
  log: MemoryLog;
  errors: Error[];
}

/** A publisher on a log in memory, with short back-offs, shut down when the test is over. */
export function makePublisher(
  options: Partial<PublisherOptions> & { log?: MemoryLog } = {},
): TestPublisher {
  const { log = new MemoryLog(), ...rest } = options;
  const errors: Error[] = [];
  const publisher = new Publisher({
    exporter: log,
    retryBaseMs: 1,
    onError: (error) => errors.push(error),
    ...rest,
  });
  onTestFinished(async () => {
    log.fate = () => undefined;
    log.refuses = () => false;
    await publisher.shutdown({ timeoutMs: 1_000 });
  });
  return { publisher, log, errors };
}

export function spanId(number: number): SpanId {
  return (number + 1).toString(16).padStart(16, '0');
}

export function open(number: number, rest: Partial<OpenEvent> = {}): OpenEvent {
  return {
    type: 'open',
    spanId: spanId(number),
    name: `span ${number}`,
    spanType: 'step',
    startUs: 1_764_000_000_000_000 + number,
    ...rest,
  };
}

export function update(number: number, seq: number, rest: Partial<UpdateEvent> = {}): UpdateEvent {
  return { type: 'update', spanId: spanId(number), seq, outputDelta: `${seq} `, ...rest };
}

export function close(number: number, rest: Partial<CloseEvent> = {}): CloseEvent {
  return {
    type: 'close',
    spanId: spanId(number),
    endUs: 1_764_000_000_100_000 + number,
    status: 'ok',
    ...rest,
  };
}
