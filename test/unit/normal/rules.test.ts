import { toSpanEvents } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { event, normalOf, spanWith } from '../../support/normal/cases.ts';

const CHAT = { 'gen_ai.operation.name': 'chat' };

describe('names', () => {
  it('[NF1] the first name with a usable value counts, whatever the order they came in', () => {
    const { attributes, usage } = normalOf({
      ...CHAT,
      'ai.model.id': 'third',
      'llm.model_name': 'second',
      'gen_ai.request.model': '',
      'gen_ai.usage.prompt_tokens': 7,
      'gen_ai.usage.input_tokens': 'many',
    });
    expect(attributes['gen_ai.request.model']).toBe('second');
    expect(usage).toEqual({ inputTokens: 7 });
  });

  it('[NF9] a name that says the same is left out; one that says anything else stays', () => {
    const { attributes } = normalOf({
      'gen_ai.provider.name': 'azure',
      'gen_ai.system': 'openai',
      'llm.provider': 'azure',
    });
    expect(attributes).toEqual({ 'gen_ai.provider.name': 'azure', 'gen_ai.system': 'openai' });
  });

  it('[NF9] what nobody knows stays as it came', () => {
    const unknown = { 'my.flag': true, 'my.json': '{"a":1}', 'my.list': ['x', 1], none: null };
    expect(normalOf(unknown)).toEqual({ spanType: 'step', attributes: unknown, logs: [] });
  });

  it('[NF9] a content that lost to another source stays', () => {
    const { input, attributes } = normalOf({
      'gen_ai.input.messages': '[{"role":"user"}]',
      'gen_ai.prompt.0.role': 'user',
      'langfuse.observation.input': 'hi',
    });
    expect(input).toEqual([{ role: 'user' }]);
    expect(attributes).toEqual({
      'gen_ai.prompt.0.role': 'user',
      'langfuse.observation.input': 'hi',
    });
  });
});

describe('types', () => {
  it.each([
    [{ 'openinference.span.kind': 'AGENT', 'gen_ai.operation.name': 'unheard of' }, 'agent'],
    [{ 'gen_ai.operation.name': 'embeddings' }, 'embedding'],
    [{ 'gen_ai.tool.name': 'weather' }, 'tool'],
    [{ 'gen_ai.request.model': 'gpt-5' }, 'model'],
    [{ 'openinference.span.kind': 'constructor' }, 'step'],
    [{ 'openinference.span.kind': ['LLM'] }, 'step'],
    [{ 'langfuse.observation.type': 'guardrail' }, 'guardrail'],
    [{ 'span.type': 'agentic.delegation' }, 'handoff'],
  ])('[NF2] %j is of type %s', (attributes, type) => {
    expect(normalOf(attributes).spanType).toBe(type);
  });
});

describe('values', () => {
  it('[NF3] a text that holds a list or a map is that; any other stays a text', () => {
    const inputOf = (value: string): unknown =>
      normalOf({ 'genkit:x': 1, 'input.value': value }).input;
    expect(inputOf(' {"a":[1]}\n')).toEqual({ a: [1] });
    expect(inputOf("[{'python': True}]")).toBe("[{'python': True}]");
    expect(inputOf('{{name}}')).toBe('{{name}}');
    expect(inputOf('12')).toBe('12');
    expect(inputOf('')).toBe('');
  });

  it('[NF3] an answer stays the text that the model wrote', () => {
    const { output } = normalOf({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.response.text': '{"sunny":true}',
    });
    expect(output).toBe('{"sunny":true}');
  });

  it.each([
    [{ 'gen_ai.usage.input_tokens': '9007199254740992' }],
    [{ 'gen_ai.usage.input_tokens': -1 }],
    [{ 'gen_ai.usage.input_tokens': 1.5 }],
    [{ 'gen_ai.usage.input_tokens': Number.NaN }],
    [{ 'gen_ai.usage.cost': 'free' }],
  ])('[NF3] %j is no usage, and stays', (attributes) => {
    const { usage, attributes: kept } = normalOf({ ...CHAT, ...attributes });
    expect(usage).toBeUndefined();
    expect(kept).toEqual({ ...CHAT, ...attributes });
  });
});

describe('lists laid flat', () => {
  it('[NF4] become lists, in the order of their indexes, holes closed', () => {
    const { input } = normalOf({
      'gen_ai.prompt.10.content': 'c',
      'gen_ai.prompt.2.content': 'b',
      'gen_ai.prompt.0.content': '[{"type":"text"}]',
    });
    expect(input).toEqual([{ content: [{ type: 'text' }] }, { content: 'b' }, { content: 'c' }]);
  });

  it('[NF4] what does not fit in stays an attribute', () => {
    const strange = {
      'gen_ai.prompt.first.role': 'user',
      'gen_ai.prompt.99999999.role': 'user',
      [`gen_ai.prompt.0.${'a.'.repeat(40)}b`]: 1,
      'gen_ai.prompt.0.role.more': 'x',
    };
    const { input, attributes } = normalOf({ 'gen_ai.prompt.0.role': 'user', ...strange });
    expect(input).toEqual([{ role: 'user' }]);
    expect(attributes).toEqual(strange);
  });
});

describe('events', () => {
  it('[NF5] that are messages are input and output', () => {
    const { input, output, logs } = normalOf(CHAT, {
      events: [
        event('gen_ai.system.message', { 'gen_ai.system': 'openai', content: 'Be short.' }),
        event('gen_ai.user.message', { content: 'hi' }),
        event('gen_ai.assistant.message', { tool_calls: '[{"id":"1"}]' }),
        event('gen_ai.tool.message', { id: '1', content: 'sunny' }),
        event('gen_ai.choice', { finish_reason: 'stop', message: '{"content":"Sunny."}' }),
        event('cache miss', { key: 'k' }),
      ],
    });
    expect(input).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', tool_calls: [{ id: '1' }] },
      { role: 'tool', id: '1', content: 'sunny' },
    ]);
    expect(output).toEqual([{ role: 'assistant', finish_reason: 'stop', content: 'Sunny.' }]);
    expect(logs).toEqual([{ timeUs: 1_500, message: 'cache miss', attributes: { key: 'k' } }]);
  });

  it('[NF5] with prompt and completion are input and output', () => {
    const { input, output, logs } = normalOf(CHAT, {
      events: [
        event('gen_ai.content.prompt', { 'gen_ai.prompt': '[{"role":"user"}]' }),
        event('gen_ai.content.completion', { 'gen_ai.completion': 'hello' }),
      ],
    });
    expect({ input, output, logs }).toEqual({
      input: [{ role: 'user' }],
      output: 'hello',
      logs: [],
    });
  });

  it("[NF5] with a call's details are read as its attributes, the span's own first", () => {
    const details = event('gen_ai.client.inference.operation.details', {
      'gen_ai.request.model': 'other',
      'gen_ai.input.messages': '[{"role":"user"}]',
      'gen_ai.system_instructions': '[{"type":"text","content":"Be short."}]',
      'gen_ai.output.messages': [{ role: 'assistant' }],
      more: 1,
    });
    const normal = normalOf({ ...CHAT, 'gen_ai.request.model': 'gpt-5' }, { events: [details] });
    expect(normal.input).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be short.' }] },
      { role: 'user' },
    ]);
    expect(normal.output).toEqual([{ role: 'assistant' }]);
    expect(normal.attributes['gen_ai.request.model']).toBe('gpt-5');
    expect(normal.logs).toMatchObject([
      { message: details.name, attributes: { more: 1, 'gen_ai.request.model': 'other' } },
    ]);
  });

  it('[NF5] that lost to attributes stay in the log, in the order of their times', () => {
    const { input, logs } = normalOf(
      { 'gen_ai.input.messages': '[1]' },
      {
        events: [
          { ...event('gen_ai.user.message', { content: 'hi' }), timeUs: 1_200 },
          { ...event('other'), timeUs: 1_100 },
        ],
      },
    );
    expect(input).toEqual([1]);
    // The conventions' own attributes; another form of the same is gone.
    expect(logs.map(({ message }) => message)).toEqual(['other']);
  });
});

describe('instructions', () => {
  it('[NF6] stand in front of the messages, once', () => {
    const system = { role: 'system', content: 'Be short.' };
    const inputOf = (messages: object[]): unknown =>
      normalOf({
        'gen_ai.system_instructions': 'Be short.',
        'gen_ai.input.messages': JSON.stringify(messages),
      }).input;
    expect(inputOf([{ role: 'user' }])).toEqual([system, { role: 'user' }]);
    expect(inputOf([system, { role: 'user' }])).toEqual([system, { role: 'user' }]);
    expect(normalOf({ 'gen_ai.system_instructions': 'Be short.' }).input).toEqual([system]);
  });

  it("[NF6] a model's request is one list, and what else it has stays", () => {
    const { input, attributes } = normalOf({
      'gcp.vertex.agent.llm_request': JSON.stringify({
        model: 'gemini',
        config: { system_instruction: 'Be short.', tools: [] },
        contents: [{ role: 'user', parts: [] }],
      }),
    });
    expect(input).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', parts: [] },
    ]);
    expect(attributes).toEqual({
      'gcp.vertex.agent.llm_request': { model: 'gemini', config: { tools: [] } },
    });
  });
});

describe('usage', () => {
  const totals = {
    'gen_ai.usage.input_tokens': 30,
    'ai.usage.outputTokens': 3,
    'llm.cost.total': 0.5,
  };

  it.each(['invoke_agent', 'execute_tool', 'agent_step'])(
    '[NF7] of a span of %s is what it repeats: its attributes stay',
    (operation) => {
      const attributes = { 'gen_ai.operation.name': operation, ...totals };
      expect(normalOf(attributes)).toMatchObject({ attributes });
      expect(normalOf(attributes)).not.toHaveProperty('usage');
    },
  );

  it('[NF7] of a model is its usage, and no attribute any more; cached tokens are not added', () => {
    const { usage, attributes } = normalOf({
      ...CHAT,
      ...totals,
      'gen_ai.usage.cache_read_input_tokens': 20,
    });
    expect(usage).toEqual({
      inputTokens: 30,
      outputTokens: 3,
      cachedInputTokens: 20,
      costUsd: 0.5,
    });
    expect(attributes).toEqual(CHAT);
  });
});

describe('errors', () => {
  const exception = event('exception', {
    'exception.type': 'TypeError',
    'exception.message': 'out of order',
    'exception.stacktrace': 'TypeError: out of order\n    at x',
  });
  const error = {
    type: 'TypeError',
    message: 'out of order',
    stack: 'TypeError: out of order\n    at x',
  };

  it('[NF8] an exception is the error, also where nobody set the status', () => {
    const span = spanWith({}, { events: [exception] });
    expect(normalOf({}, { events: [exception] })).toEqual({
      spanType: 'step',
      error,
      attributes: {},
      logs: [],
    });
    expect(toSpanEvents(span).close).toMatchObject({ status: 'error', error });
  });

  it('[NF8] of several exceptions the last is the error; others stay in the log', () => {
    const first = event('exception', { 'exception.type': 'Timeout', 'exception.message': 'slow' });
    const normal = normalOf({}, { events: [first, exception, exception] });
    expect(normal.error).toEqual(error);
    expect(normal.logs).toMatchObject([
      { message: 'exception', level: 'error', attributes: { 'exception.type': 'Timeout' } },
    ]);
  });

  it('[NF8] an exception in a span that is ok was dealt with', () => {
    const normal = normalOf({}, { status: 'ok', events: [exception] });
    expect(normal).not.toHaveProperty('error');
    expect(normal.logs).toMatchObject([{ message: 'exception', level: 'error' }]);
  });

  it.each([false, 'False'])(
    '[NF8] an exception that did not escape (%s) was dealt with',
    (said) => {
      const handled = event('exception', {
        'exception.type': 'Timeout',
        'exception.escaped': said,
      });
      const normal = normalOf({}, { events: [handled] });
      expect(normal).not.toHaveProperty('error');
      expect(normal.logs).toMatchObject([{ message: 'exception', level: 'error' }]);
      expect(normalOf({}, { status: 'error', events: [handled] })).toMatchObject({
        error: { type: 'Timeout' },
      });
    },
  );

  it.each<[string, object, object]>([
    ['a status', { status: 'error', statusMessage: 'boom' }, { type: 'Error', message: 'boom' }],
    ['a status without a word', { status: 'error' }, { type: 'Error', message: 'failed' }],
    [
      'a status with a stack in its message',
      { status: 'error', statusMessage: 'bad\n\nRangeError: bad\n    at y' },
      { type: 'RangeError', message: 'bad', stack: 'RangeError: bad\n    at y' },
    ],
    [
      'an attribute',
      { attributes: { 'error.type': 'timeout' } },
      { type: 'timeout', message: 'failed' },
    ],
  ])('[NF8] %s says what went wrong', (_what, span, expected) => {
    const { attributes = {}, ...rest } = span as { attributes?: Record<string, string> };
    expect(normalOf(attributes, rest)).toMatchObject({ error: expected, attributes: {} });
  });

  it('[NF8] a word about an error is none', () => {
    const attributes = { 'error.message': 'none so far', 'langfuse.observation.level': 'WARNING' };
    const normal = normalOf(attributes);
    expect(normal).toEqual({ spanType: 'step', attributes, logs: [] });
  });
});
