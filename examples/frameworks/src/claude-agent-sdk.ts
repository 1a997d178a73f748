/**
 * A query of the Claude Agent SDK, shown live: tools side by side, an agent below, a streamed answer.
 * Offline: a script stands for Claude Code; without those two options, it is the real one.
 *
 *   npx spantail serve
 *   npx spantail watch --next    (in another terminal)
 *   npm run example claude-agent-sdk    (SPANTAIL_URL says where the gateway is)
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as sdk from '@anthropic-ai/claude-agent-sdk';
import { tracedQuery } from '@spantail/agent/claude-agent-sdk';

// The one line.
const query = tracedQuery(sdk.query);

const script = join(import.meta.dirname, 'programs/claude-agent-sdk/fake-claude.ts');
const offline: sdk.Options = {
  pathToClaudeCodeExecutable: script,
  spawnClaudeCodeProcess: ({ args, env, signal }) =>
    spawn(process.execPath, [script, ...args], {
      env: { ...env, FAKE_CLAUDE_PACE_MS: '150' },
      signal,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
};

for await (const message of query({ prompt: 'survey src/parser.ts', options: offline }))
  if (message.type === 'result' && message.subtype === 'success') console.log(message.result);
await query.shutdown();
