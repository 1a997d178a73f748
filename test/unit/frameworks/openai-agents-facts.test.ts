import { describe, expect, it } from 'vitest';
import { toSpanId, toTraceId } from '../../../agent/src/openai-agents/ids.ts';
import { completionOutput, modelOutput } from '../../../agent/src/openai-agents/model-output.ts';
import { spanError, spanFacts } from '../../../agent/src/openai-agents/span-facts.ts';
import { readUsage } from '../../../agent/src/openai-agents/usage.ts';

const says = (text: string) => ({ role: 'assistant', content: [{ type: 'output_text', text }] });

describe('what a span of the OpenAI Agents SDK says', () => {
  it('keeps a trace’s id, and always makes the same span id of one', () => {
    const digits = 'ab'.repeat(16);
    expect(toTraceId(`trace_${digits}`)).toBe(digits);
    expect(toTraceId('trace_mine')).toMatch(/^[0-9a-f]{32}$/);
    expect(toSpanId(`span_${'c'.repeat(24)}`)).toMatch(/^[0-9a-f]{16}$/);
    expect(toSpanId('span_1')).toBe(toSpanId('span_1'));
    expect(toSpanId('span_1')).not.toBe(toSpanId('span_2'));
    expect(toSpanId('00f067aa0ba902b7')).toBe('00f067aa0ba902b7');
  });

  it('[FA4] reads tokens from every form they come in, and none where nothing was counted', () => {
    const all = { inputTokens: 12, outputTokens: 4, cachedInputTokens: 8, reasoningTokens: 2 };
    const details = { cached_tokens: 8 };
    const reasoning = { reasoning_tokens: 2 };
    for (const given of [
      {
        input_tokens: 12,
        output_tokens: 4,
        input_tokens_details: details,
        output_tokens_details: reasoning,
      },
      {
        prompt_tokens: 12,
        completion_tokens: 4,
        prompt_tokens_details: details,
        completion_tokens_details: reasoning,
      },
      {
        inputTokens: 12,
        outputTokens: 4,
        inputTokensDetails: [details],
        outputTokensDetails: [reasoning],
      },
      { input_tokens: 12, output_tokens: 4, details: { ...details, ...reasoning } },
    ])
      expect(readUsage(given)).toEqual(all);
    expect(readUsage({ inputTokens: 0, outputTokens: 0, totalTokens: 0 })).toEqual({});
    expect(readUsage(undefined)).toEqual({});
  });

  it('[FA3] has text as output where a call gave nothing else', () => {
    expect(modelOutput([says('a'), says('b')])).toBe('ab');
    expect(modelOutput([{ type: 'reasoning', content: [], summary: [] }, says('a')])).toBe('a');
    const call = { type: 'function_call', name: 'f' };
    expect(modelOutput([says('a'), call])).toEqual([says('a'), call]);
    const completion = (message: object) => [{ choices: [{ message }] }];
    expect(completionOutput(completion({ role: 'assistant', content: 'a' }))).toBe('a');
    const asks = { role: 'assistant', content: 'a', tool_calls: [{ id: 'c' }] };
    expect(completionOutput(completion(asks))).toEqual(asks);
  });

  it('[FA6] describes an error with the type that was thrown', () => {
    const error = spanError({ message: 'Error in agent run', data: { error: 'RangeError: away' } });
    expect(error).toMatchObject({
      name: 'RangeError',
      message: 'Error in agent run: RangeError: away',
    });
    expect(spanError({ message: 'bad' })).toMatchObject({ name: 'Error', message: 'bad' });
  });

  it('has a step for a type that it does not know', () => {
    const span = (spanData: { type: string; name?: unknown }) => ({
      traceId: 't',
      spanId: 's',
      parentId: null,
      startedAt: null,
      endedAt: null,
      error: null,
      spanData,
    });
    expect(spanFacts(span({ type: 'dream' }))).toMatchObject({ name: 'dream', type: 'step' });
    expect(spanFacts(span({ type: 'constructor', name: 'x' }))).toMatchObject({ name: 'x' });
  });
});
