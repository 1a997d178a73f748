import { attempt } from '../adapter/attempt.ts';
import type { Tracer } from '../tracer/tracer.ts';
import type { HookCallback, QueryOptions, QueryParams } from './framework-types.ts';
import type { QueryRun } from './query-run.ts';

const HOOKS = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'SubagentStart', 'SubagentStop'];

/**
 * The SDK takes these variables out of the environment that it inherits, but not out of one that it
 * is given.
 */
const NOT_INHERITED = new Set([
  'CLAUDE_CODE_QUESTION_EXTENDED',
  'CLAUDE_CODE_QUESTION_OPTIONAL_DESCRIPTIONS',
  'CLAUDE_CODE_AGENT_PROGRESS_SUMMARIES',
]);

/** What a query is started with in place of the program's own parameters, which stay as they are. */
export function tracedParams<Params extends QueryParams>(
  params: Params,
  run: QueryRun,
  tracer: Tracer,
): Params {
  const { prompt, options = {} } = params;
  return {
    ...params,
    prompt: typeof prompt === 'string' ? prompt : watchPrompt(prompt, run),
    options: {
      ...options,
      hooks: addHooks(options.hooks, run),
      env: addContext(options.env, run, tracer),
      includePartialMessages: true,
    } satisfies QueryOptions,
  };
}

/** The program's hooks come first. Ours decide nothing. */
function addHooks(given: QueryOptions['hooks'], run: QueryRun): NonNullable<QueryOptions['hooks']> {
  const hook: HookCallback = async (input, toolUseId) => {
    attempt(() => run.seeHook(input, toolUseId));
    return {};
  };
  const added = HOOKS.map((event) => [event, [...(given?.[event] ?? []), { hooks: [hook] }]]);
  return { ...given, ...Object.fromEntries(added) } as NonNullable<QueryOptions['hooks']>;
}

/** Traces of the process that the SDK starts can so go on below the query. */
function addContext(
  given: QueryOptions['env'],
  run: QueryRun,
  tracer: Tracer,
): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([key]) => !NOT_INHERITED.has(key.toUpperCase()));
  const env = given ?? Object.fromEntries(own);
  if (Object.keys(env).some((key) => key.toUpperCase() === 'TRACEPARENT')) return env;
  const context: Record<string, string> = {};
  tracer.inject(context, { span: run.root, names: 'environment' });
  return { ...env, ...context };
}

async function* watchPrompt(
  messages: AsyncIterable<unknown>,
  run: QueryRun,
): AsyncGenerator<unknown, void, undefined> {
  for await (const message of messages) {
    attempt(() => run.seePrompt(message));
    yield message;
  }
}
