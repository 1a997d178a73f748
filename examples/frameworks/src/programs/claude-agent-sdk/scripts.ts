import { once } from 'node:events';
import type { Script } from './fake-cli.ts';
import { answer, denied, modelSays, result, toolResult, type Block } from './speech.ts';

export const WORDS = ['It is ', 'a parser', ', with 🧪 ', 'tests.'];

const use = (id: string, name: string, input: object): Block => ({
  type: 'tool_use',
  id,
  name,
  input,
});

/** What the process does with a prompt that begins with the word. */
export const SCRIPTS: Record<string, Script> = {
  short: async (cli) => {
    await answer(cli, 'msg_short', ['Hi.']);
    result(cli, 'Hi.');
  },

  /** Two tools at once, one of which fails; one that is denied; an agent below; an answer. */
  survey: async (cli, prompt) => {
    const path = prompt.split(' ')[1];
    const read = use('toolu_read', 'Read', { file_path: path });
    const bash = use('toolu_bash', 'Bash', { command: 'make' });
    await modelSays(cli, 'msg_1', [{ type: 'text', text: 'I look.' }, read, bash]);
    const start = (block: Block, more = {}): Promise<void> =>
      cli.hook('PreToolUse', { tool_name: block.name, tool_input: block.input, ...more }, block.id);
    const end = (block: Block, more: object): Promise<void> =>
      cli.hook(
        'error' in more ? 'PostToolUseFailure' : 'PostToolUse',
        { tool_name: block.name, tool_input: block.input, ...more },
        block.id,
      );
    await Promise.all([start(read), start(bash)]);
    await cli.hook('Notification', { message: 'tools run' });
    await end(read, { tool_response: { file: 'text of it' } });
    await end(bash, { error: 'make: no rule' });
    toolResult(cli, 'toolu_read', 'text of it');
    toolResult(cli, 'toolu_bash', 'make: no rule', { isError: true });

    const fetch = use('toolu_fetch', 'WebFetch', { url: 'http://example.invalid' });
    const task = use('toolu_task', 'Task', { subagent_type: 'explorer', prompt: 'find tests' });
    await modelSays(cli, 'msg_2', [fetch, task]);
    await start(fetch);
    denied(cli, 'toolu_fetch', 'WebFetch');
    await start(task);
    const below = { agent_id: 'a1', agent_type: 'explorer' };
    await cli.hook('SubagentStart', below);
    const grep = use('toolu_grep', 'Grep', { pattern: 'test' });
    await modelSays(cli, 'msg_3', [grep], 'toolu_task');
    await start(grep, below);
    await end(grep, { tool_response: '3 files', ...below });
    toolResult(cli, 'toolu_grep', '3 files', { parent: 'toolu_task' });
    await answer(cli, 'msg_4', ['3 tests'], { parent: 'toolu_task' });
    await cli.hook('SubagentStop', { ...below, last_assistant_message: '3 tests' });
    await end(task, { tool_response: { content: '3 tests' } });
    toolResult(cli, 'toolu_task', '3 tests');

    await answer(cli, 'msg_5', WORDS, {
      halfway: () => cli.hook('Notification', { message: 'half is said' }),
    });
    result(cli, WORDS.join(''), [{ tool_name: 'WebFetch', tool_use_id: 'toolu_fetch' }]);
  },

  /** Says one word and then waits to be interrupted. */
  forever: async (cli) => {
    await answer(cli, 'msg_f', ['Well', ' …'], {
      halfway: async () => {
        await cli.hook('Notification', { message: 'half is said' });
        const { signal } = cli.interrupted;
        if (!signal.aborted) await once(signal, 'abort');
      },
    });
    cli.say({
      type: 'result',
      subtype: 'error_during_execution',
      is_error: true,
      num_turns: 1,
      errors: ['interrupted'],
      total_cost_usd: 0.001,
      usage: {},
      modelUsage: {},
      permission_denials: [],
    });
  },

  crash: async (cli) => {
    await modelSays(cli, 'msg_c', [use('toolu_c', 'Bash', { command: 'sleep' })]);
    await cli.hook('PreToolUse', { tool_name: 'Bash', tool_input: {} }, 'toolu_c');
    process.stderr.write('out of memory\n');
    process.exit(1);
  },
};
