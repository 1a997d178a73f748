import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

type Fields = Record<string, unknown>;
type Hooks = Record<string, { hookCallbackIds: string[] }[]>;

/** What the process does with a prompt. */
export type Script = (cli: FakeCli, prompt: string) => Promise<void>;

export const SESSION = '11111111-2222-4333-8444-555555555555';

/** What each hook takes, so that people can follow the example. */
const PACE_MS = Number(process.env['FAKE_CLAUDE_PACE_MS'] ?? 0);

/**
 * Stands for the Claude Code process: it speaks its protocol, JSON lines on stdin and stdout, and
 * follows a script in place of a model.
 */
export class FakeCli {
  readonly interrupted = new AbortController();
  #hooks: Hooks = {};
  readonly #answers = new Map<string, () => void>();
  readonly #scripts: Record<string, Script>;

  /** @param scripts by the first word of a prompt; `short` for all others */
  constructor(scripts: Record<string, Script>) {
    this.#scripts = scripts;
  }

  /** A message to the SDK. */
  say(message: Fields): void {
    const line = { session_id: SESSION, uuid: randomUUID(), parent_tool_use_id: null, ...message };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }

  /** Calls the hooks of an event and waits for their answers. */
  async hook(event: string, input: Fields, toolUseId?: string): Promise<void> {
    const callbacks = (this.#hooks[event] ?? []).flatMap(({ hookCallbackIds }) => hookCallbackIds);
    const base = { hook_event_name: event, session_id: SESSION, cwd: '/', transcript_path: '/t' };
    const calls = callbacks.map((callback_id) =>
      this.#ask({
        subtype: 'hook_callback',
        callback_id,
        input: {
          ...base,
          ...input,
          ...(toolUseId === undefined ? {} : { tool_use_id: toolUseId }),
        },
        tool_use_id: toolUseId,
      }),
    );
    await Promise.all(calls);
    if (PACE_MS > 0) await setTimeout(PACE_MS);
  }

  read(line: string): void {
    const message = JSON.parse(line) as Fields;
    if (message['type'] === 'control_request') this.#answer(message);
    else if (message['type'] === 'control_response') {
      const { request_id: id } = message['response'] as { request_id: string };
      this.#answers.get(id)?.();
    } else if (message['type'] === 'user') {
      const { content } = message['message'] as { content: string | { text: string }[] };
      const text = typeof content === 'string' ? content : (content[0]?.text ?? '');
      void this.#run(text);
    }
  }

  async #run(prompt: string): Promise<void> {
    this.say({
      type: 'system',
      subtype: 'init',
      cwd: '/work',
      model: 'claude-fake-1',
      tools: ['Read', 'Bash', 'Task'],
      permissionMode: 'default',
      claude_code_version: '0.0.0',
      // Lets the program tell what came with the environment.
      apiKeySource: process.env['TRACEPARENT'] ?? 'none',
    });
    const script = this.#scripts[prompt.split(' ')[0] ?? ''] ?? this.#scripts['short'];
    await script?.(this, prompt);
  }

  #answer({ request_id: id, request }: Fields): void {
    const { subtype, hooks } = request as { subtype: string; hooks?: Hooks };
    if (subtype === 'initialize') this.#hooks = hooks ?? {};
    const response = { subtype: 'success', request_id: id, response: { commands: [], models: [] } };
    process.stdout.write(`${JSON.stringify({ type: 'control_response', response })}\n`);
    if (subtype === 'interrupt') this.interrupted.abort();
  }

  #ask(request: Fields): Promise<void> {
    const id = randomUUID();
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      process.stdout.write(
        `${JSON.stringify({ type: 'control_request', request_id: id, request })}\n`,
      );
    });
  }
}
