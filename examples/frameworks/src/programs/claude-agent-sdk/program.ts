/** Queries of the Claude Agent SDK, for tests: `program.ts <mode>`, with `ADAPTER=off` without Spantail. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as sdk from '@anthropic-ai/claude-agent-sdk';
import { createTracer } from '@spantail/agent';
import { tracedQuery } from '@spantail/agent/claude-agent-sdk';
import { outcome, unhandled, waitForGo } from '../wait-for-go.ts';

const [mode = ''] = process.argv.slice(2);
const tracer = createTracer({ url: process.env['SPANTAIL_URL'] });
const isOn = process.env['ADAPTER'] !== 'off';
const traced = isOn ? tracedQuery(sdk.query, mode === 'active' ? { tracer } : {}) : undefined;
const query = traced ?? sdk.query;

const CLI = join(import.meta.dirname, 'fake-claude.ts');
const calls: string[] = [];
const traceparents: string[] = [];
/** What a hook of the program finds as the active span. */
const active: unknown[] = [];

const options = (waits: boolean, more: sdk.Options = {}): sdk.Options => ({
  pathToClaudeCodeExecutable: CLI,
  spawnClaudeCodeProcess: ({ args, env, signal }) =>
    spawn(process.execPath, [CLI, ...args], { env, signal, stdio: ['pipe', 'pipe', 'ignore'] }),
  hooks: {
    PreToolUse: [
      {
        hooks: [
          async (input) => {
            if (input.hook_event_name === 'PreToolUse') calls.push(input.tool_name);
            if (mode === 'active') active.push(tracer.activeSpan?.spanId);
            return {};
          },
        ],
      },
    ],
    Notification: [
      {
        hooks: [
          async () => {
            if (waits) await waitForGo();
            return {};
          },
        ],
      },
    ],
  },
  ...more,
});

/** What the program got, without what is another one each time. */
function seen(message: sdk.SDKMessage): unknown {
  if (message.type === 'system' && message.subtype === 'init') {
    if (message.apiKeySource !== 'none') traceparents.push(message.apiKeySource);
    return { type: 'init', model: message.model };
  }
  const { uuid: _, ...rest } = message as { uuid?: string };
  return rest;
}

async function read(messages: AsyncIterable<sdk.SDKMessage>): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const message of messages) got.push(seen(message));
  return got;
}

async function* said(...texts: string[]): AsyncGenerator<sdk.SDKUserMessage> {
  for (const content of texts)
    yield { type: 'user', message: { role: 'user', content }, parent_tool_use_id: null };
}

async function interrupted(): Promise<unknown> {
  const got: unknown[] = [];
  const running = query({
    prompt: said('forever'),
    options: options(false, { includePartialMessages: true }),
  });
  for await (const message of running) {
    got.push(seen(message));
    const isText = message.type === 'stream_event' && message.event.type === 'content_block_delta';
    if (isText && got.length < 5) await running.interrupt();
  }
  return got;
}

async function brokenOff(): Promise<unknown> {
  const got: unknown[] = [];
  for await (const message of query({ prompt: 'survey src', options: options(false) })) {
    got.push(seen(message));
    if (message.type === 'user') break;
  }
  return got.length;
}

/** Reads so slowly that the hooks are far ahead of what it reads. */
async function slowReader(): Promise<unknown> {
  const got: unknown[] = [];
  for await (const message of query({ prompt: 'survey src', options: options(false) })) {
    got.push(seen(message));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return got;
}

/** Several reads asked for at once. */
async function atOnce(): Promise<unknown> {
  const running = query({ prompt: 'short', options: options(false) });
  const reads = Array.from({ length: 6 }, () => running.next());
  const got = await Promise.all(reads);
  return got.map(({ value, done }) => [done, value === undefined ? null : seen(value)]);
}

const survey = (path: string, waits = false): Promise<unknown> =>
  read(query({ prompt: `survey ${path}`, options: options(waits) }));

const MODES: Record<string, () => Promise<unknown>> = {
  survey: () => survey('src', true),
  'in one go': () => survey('src'),
  pieces: () =>
    read(query({ prompt: 'short', options: options(false, { includePartialMessages: true }) })),
  three: () => Promise.all(['a', 'b', 'c'].map((path) => survey(path))),
  crash: () => read(query({ prompt: 'crash', options: options(false) })),
  interrupted,
  'broken off': brokenOff,
  'at once': atOnce,
  'slow reader': slowReader,
  'a missing program': () =>
    read(query({ prompt: 'x', options: { pathToClaudeCodeExecutable: '/nowhere/claude' } })),
  active: () => tracer.run('outer', () => survey('src')),
};

const told = await outcome(MODES[mode] ?? (() => Promise.reject(new Error(`no mode ${mode}`))));
if (process.env['SHUTDOWN'] !== 'none') await traced?.shutdown();
if (mode === 'active') await tracer.shutdown();
// Of queries side by side, the order is another one each time.
if (mode === 'three') calls.sort();
console.log(JSON.stringify({ told, calls, unhandled, traceparents, active }));
