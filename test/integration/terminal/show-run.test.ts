import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { createClient } from '@spantail/client';
import type { OpenEvent, TraceEvent } from '@spantail/protocol';
import { showRun } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { TRACE_ID, spanId } from '../../support/span-tree.ts';

const ROWS = 12;

/** What `showRun` takes for a terminal (or, without `isTTY`, for a pipe). */
class Screen extends Writable {
  readonly columns = 80;
  readonly rows = ROWS;
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function open(index: number): OpenEvent {
  return {
    type: 'open',
    spanId: spanId(index),
    ...(index === 0 ? {} : { parentSpanId: spanId(0) }),
    name: `step-${index}`,
    spanType: 'tool',
    startUs: Date.now() * 1_000,
  };
}

function close(index: number): TraceEvent {
  return { type: 'close', spanId: spanId(index), endUs: Date.now() * 1_000, status: 'ok' };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function show(gateway: TestGateway, isTTY: boolean, follow = false) {
  const client = createClient({ url: gateway.url });
  const stop = new AbortController();
  const screen = new Screen(isTTY);
  onTestFinished(() => {
    stop.abort();
    client.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parts of a terminal that are used
  const output = screen as unknown as NodeJS.WriteStream;
  const shown = showRun(client, TRACE_ID, { follow, signal: stop.signal, output });
  return { stop, screen, shown };
}

/** The text behind the last time the view was erased. */
function lastFrame(screen: Screen): string[] {
  const text = screen.text.slice(screen.text.lastIndexOf('step-0') - 200);
  const plain = stripVTControlCharacters(text).split('\n');
  return plain.slice(plain.findIndex((line) => line.includes('step-0')));
}

describe('a run in the terminal', () => {
  it('[PROM1] grows in place, and its last frame has the whole run, though it is higher than the screen', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    const { screen, shown } = show(gateway, true);
    await eventually(() => screen.text.includes('waiting for the first step'), 'it waits');
    await gateway.append(TRACE_ID, numbers(40).map(open));
    await eventually(() => screen.text.includes('step-39'), 'the newest step is shown');
    expect(screen.text).toContain('more');
    await gateway.append(TRACE_ID, numbers(40).reverse().map(close), { fin: true });
    expect(await shown).toBe(0);
    const frame = lastFrame(screen);
    for (const index of numbers(40)) expect(frame.join('\n')).toContain(`step-${index} `);
    expect(frame.filter((line) => line.includes('✔'))).toHaveLength(40);
    expect(screen.text).toMatch(/ended/);
  });

  it('is printed once, at its end, where no terminal is', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    await gateway.append(TRACE_ID, [...numbers(3).map(open), ...numbers(3).map(close)], {
      fin: true,
    });
    const { screen, shown } = show(gateway, false);
    expect(await shown).toBe(0);
    expect(screen.text.split('\n')).toHaveLength(5);
    expect(screen.text).toMatch(/^run {2}ended · 3 steps · /);
    expect(screen.text).not.toContain('\u001B[3');
  });

  it('goes on after the end when it follows, until it is stopped', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    await gateway.append(TRACE_ID, [open(0), close(0)], { fin: true });
    const { stop, screen, shown } = show(gateway, true, true);
    await eventually(() => screen.text.includes('ended'), 'the end is shown');
    await gateway.append(TRACE_ID, [open(1)]);
    await eventually(() => screen.text.includes('step-1'), 'what came after is shown');
    stop.abort();
    expect(await shown).toBe(130);
  });

  it('[PROM4] tells when the history behind its cursor is not there', async () => {
    const gateway = await startTestGateway();
    const client = createClient({ url: gateway.url });
    onTestFinished(() => client.close());
    const screen = new Screen(true);
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    await gateway.append(TRACE_ID, [open(0)]);
    const { value } = await client.events(TRACE_ID)[Symbol.asyncIterator]().next();
    const cursor = value !== undefined && 'cursor' in value ? value.cursor : '';
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parts of a terminal that are used
    const output = screen as unknown as NodeJS.WriteStream;
    const after = cursor.replace(/\.\d+-\d+\./, '.1-1.');
    const shown = showRun(client, TRACE_ID, { after, follow: true, signal: stop.signal, output });
    await eventually(() => screen.text.includes("the log's history changed (lost)"), 'it tells');
    stop.abort();
    await shown;
  });
});
