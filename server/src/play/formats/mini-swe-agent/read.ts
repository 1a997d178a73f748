import type { Attributes, SpanError, Usage } from '@spantail/protocol';
import type { JsonValue, RecordedAction, RecordedRun } from '../../recorded/action.ts';
import { orderActions } from '../../recorded/order.ts';
import {
  asArray,
  asCount,
  asNumber,
  asObject,
  asString,
  defined,
} from '../../source/json-value.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { runFileError } from '../../source/run-file-error.ts';
import type { RunFile, RunFormat } from '../format.ts';
import type { StepTimes } from './clock.ts';
import { stepTimes } from './clock.ts';
import type { TrajectoryMessage } from './trajectory.ts';
import { parseTrajectory } from './trajectory.ts';

const ROOT = 'agent';
const RETURN_CODE = /^<returncode>(-?\d+)<\/returncode>/;
const COMMAND = /```bash\s*\n([\s\S]*?)\n```/g;
/** Begins the observation that follows a reply without exactly one command. */
const FORMAT_ERROR = 'Please always provide EXACTLY ONE action';

/**
 * mini-swe-agent trajectories: a linear list of messages. One model span per assistant message,
 * whose input is every message before it, and one tool span for the command it issued, failed when
 * the shell's return code is not zero.
 */
export const miniSweAgent: RunFormat = {
  name: 'mini-swe-agent',
  detect: (text) =>
    /^\s*\{/.test(text) &&
    (text.includes('"mini_version"') || /"trajectory_format":\s*"mini-swe-agent/.test(text)),
  read: (source) => [readTrajectory(source)],
};

function readTrajectory(source: RunFile): RecordedRun {
  const { instanceId, info, messages } = parseTrajectory(source);
  const calls = messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
  const times = stepTimes(calls.map((index) => messages[index]?.createdUs));
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined)
    throw runFileError(source.file, '', 'there is no assistant message, so nothing to play');

  const plain: JsonValue[] = messages.map(({ role, content }) => ({ role, content }));
  const task = messages.find(({ role }) => role === 'user')?.content;
  const steps = calls.flatMap((index, step) => {
    const message = messages[index];
    const stepTimes = times[step];
    if (message === undefined || stepTimes === undefined) return [];
    const model = modelSpan(step, message, plain.slice(0, index), stepTimes);
    const observation = messages[index + 1];
    return observation === undefined || observation.role === 'assistant'
      ? model
      : [...model, ...toolSpan(step, message, observation.content, stepTimes)];
  });
  return {
    name: instanceId,
    service: 'mini-swe-agent',
    actions: orderActions([
      {
        type: 'open',
        key: ROOT,
        atUs: first.modelStartUs,
        startUs: first.modelStartUs,
        name: 'mini-swe-agent',
        spanType: 'agent',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'mini-swe-agent',
          'gen_ai.conversation.id': instanceId,
          'spantail.time.estimated': 'ends of model calls, starts of commands',
        },
        ...(task === undefined ? {} : { input: task }),
      },
      ...steps,
      closeRoot(info, last.toolEndUs),
    ]),
  };
}

function closeRoot(info: JsonObject, endUs: number): RecordedAction {
  const exit = asString(info['exit_status']);
  const submission = info['submission'];
  const cost = asNumber(asObject(info['model_stats'])?.['instance_cost']);
  return {
    type: 'close',
    key: ROOT,
    atUs: endUs,
    endUs,
    ...(exit === undefined || exit === 'Submitted'
      ? { status: 'ok' }
      : { status: 'error', error: { type: exit, message: `the agent stopped: ${exit}` } }),
    ...(submission === undefined ? {} : { output: submission }),
    attributes: defined<Attributes>({
      'mini_swe_agent.exit_status': exit,
      'mini_swe_agent.cost_usd': cost,
    }),
  };
}

function modelSpan(
  step: number,
  { content, response }: TrajectoryMessage,
  input: JsonValue[],
  { modelStartUs, modelEndUs }: StepTimes,
): RecordedAction[] {
  const key = `model:${step}`;
  const model = asString(response?.['model']);
  const finish = asString(asObject(asArray(response?.['choices'])?.[0])?.['finish_reason']);
  const usage = usageOf(asObject(response?.['usage']));
  return [
    {
      type: 'open',
      key,
      parentKey: ROOT,
      atUs: modelStartUs,
      startUs: modelStartUs,
      name: model === undefined ? 'chat' : `chat ${model}`,
      spanType: 'model',
      attributes: defined<Attributes>({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': asString(response?.['provider'])?.toLowerCase(),
        'gen_ai.request.model': model,
      }),
      input,
    },
    {
      type: 'close',
      key,
      atUs: modelEndUs,
      endUs: modelEndUs,
      status: 'ok',
      output: content,
      attributes: defined<Attributes>({
        'gen_ai.response.id': asString(response?.['id']),
        'gen_ai.response.model': model,
        'gen_ai.response.finish_reasons': finish === undefined ? undefined : [finish],
      }),
      ...(usage === undefined ? {} : { usage }),
    },
  ];
}

function toolSpan(
  step: number,
  message: TrajectoryMessage,
  observation: JsonValue,
  { modelEndUs, toolEndUs }: StepTimes,
): RecordedAction[] {
  const key = `tool:${step}`;
  const commands = [...textOf(message.content).matchAll(COMMAND)].map(
    ([, command = '']) => command,
  );
  const text = textOf(observation);
  const code = RETURN_CODE.exec(text)?.[1];
  const error: SpanError | undefined =
    code === undefined || code === '0'
      ? undefined
      : { type: 'exit_code', message: `the command ended with return code ${code}` };
  return [
    {
      type: 'open',
      key,
      parentKey: ROOT,
      atUs: modelEndUs,
      startUs: modelEndUs,
      name: 'bash',
      spanType: 'tool',
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'bash' },
      input: { command: commands.length === 1 ? (commands[0] ?? '') : commands },
    },
    {
      type: 'close',
      key,
      atUs: toolEndUs,
      endUs: toolEndUs,
      ...(error === undefined ? { status: 'ok' } : { status: 'error', error }),
      output: observation,
      attributes: defined<Attributes>({
        'process.exit.code': code === undefined ? undefined : Number(code),
        'mini_swe_agent.refused': text.startsWith(FORMAT_ERROR) ? true : undefined,
      }),
    },
  ];
}

function usageOf(usage: JsonObject | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  return defined<Usage>({
    inputTokens: asCount(usage['prompt_tokens']),
    outputTokens: asCount(usage['completion_tokens']),
    totalTokens: asCount(usage['total_tokens']),
    cachedInputTokens: asCount(asObject(usage['prompt_tokens_details'])?.['cached_tokens']),
    reasoningTokens: asCount(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
    costUsd: asNumber(usage['cost']),
  });
}

function textOf(content: JsonValue): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
