import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../dashboard/src/payload/read-messages.ts';

function read(value: unknown) {
  return readMessages(value)?.messages;
}

describe('readMessages', () => {
  it('reads what Google’s models answer, also as an agent kit records it', () => {
    const content = { parts: [{ functionCall: { name: 'hello', args: { to: 'you' } } }] };
    const hello = [{ kind: 'tool-call', name: 'hello', input: { to: 'you' } }];
    const event = { content: { role: 'model', ...content }, finish_reason: 'STOP' };
    expect(readMessages(event)).toEqual({
      messages: [{ role: 'assistant', parts: hello }],
      isList: false,
      rest: { finish_reason: 'STOP' },
    });
    expect(read({ content })).toEqual([{ role: 'assistant', parts: hello }]);
    const contents = [
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'user', parts: [{ function_response: { name: 'hello', response: { ok: 1 } } }] },
    ];
    expect(read({ model: 'gemini', contents })).toEqual([
      { role: 'user', parts: [{ kind: 'text', text: 'hi' }] },
      {
        role: 'tool',
        parts: [{ kind: 'tool-result', name: 'hello', output: { ok: 1 }, failed: false }],
      },
    ]);
  });

  it('reads messages that have their role as a key', () => {
    const said = (text: string) => [{ role: 'assistant', parts: [{ kind: 'text', text }] }];
    expect(read({ ai: 'Yes.' })).toEqual(said('Yes.'));
    expect(read([{ assistant: 'Yes.' }])).toEqual(said('Yes.'));
    expect(read({ model: 'It is so.' })).toEqual(said('It is so.'));
    expect(read([{ role: 'user', content: 'hi' }, { model: null }])).toEqual([
      { role: 'user', parts: [{ kind: 'text', text: 'hi' }] },
      { role: 'assistant', parts: [] },
    ]);
    const call = { type: 'tool_call', name: 'search', args: { q: 'x' }, id: 'c1' };
    const parts = [{ kind: 'tool-call', name: 'search', id: 'c1', input: { q: 'x' } }];
    expect(read({ ai: call })).toEqual([{ role: 'assistant', parts }]);
    const listed = { tool_id: 'c1', tool_name: 'search', tool_arguments: '{"q":"x"}' };
    expect(read({ tools: [listed] })).toEqual([{ role: 'assistant', parts }]);
  });

  it('takes settings that are called like roles for no messages', () => {
    expect(read({ model: 'gpt-4o' })).toBeUndefined();
    expect(read({ user: 'bob' })).toBeUndefined();
    expect(read({ ai: 'yes', more: 1 })).toBeUndefined();
    expect(read({ ai: { name: 'x' } })).toBeUndefined();
    expect(read({ tools: [{ name: 'search', description: 'Looks' }] })).toBeUndefined();
  });

  it('knows a tool’s result by the tool’s name for a role, and by its fields alone', () => {
    const result = { kind: 'tool-result', output: 'sunny', failed: false };
    const call = { role: 'assistant', content: '', tool_calls: [{ function: { name: 'look' } }] };
    expect(read([call, { role: 'look', content: 'sunny' }])?.[1]).toEqual({
      role: 'tool',
      parts: [{ ...result, name: 'look' }],
    });
    expect(read([{ role: 'look', content: 'sunny' }, call])?.[0]?.role).toBe('look');
    const asked = { role: 'user', content: 'The weather?' };
    const bare = { tool_function: 'look', tool_arguments: '{"at":1}', call_id: 'c1' };
    expect(read([asked, bare, { call_id: 'c1', output: 'sunny' }])?.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [{ kind: 'tool-call', name: 'look', id: 'c1', input: { at: 1 } }],
      },
      { role: 'tool', parts: [{ ...result, id: 'c1' }] },
    ]);
  });

  it('reads messages that Python printed', () => {
    const rest = 'name=None tool_call_id=None';
    const tool = `${rest} tool_name='search' tool_args={'q': 'x'} tool_call_error=False`;
    const messages = [
      String.raw`role='user' content='It\'s\nlate?' ${rest}`,
      `role='assistant' content=None ${rest}`,
      `role='tool' content="it's so" ${tool}`,
    ];
    expect(read({ messages, tools: [] })).toEqual([
      { role: 'user', parts: [{ kind: 'text', text: "It's\nlate?" }] },
      { role: 'assistant', parts: [] },
      {
        role: 'tool',
        parts: [{ kind: 'tool-result', name: 'search', output: "it's so", failed: false }],
      },
    ]);
    expect(read({ messages: ['just', 'words'] })).toBeUndefined();
    const long = `role='user' content='${String.raw`a\n`.repeat(1_000_000)}' ${rest}`;
    expect(read([long])?.[0]?.parts).toHaveLength(1);
  });

  it('reads a message in the event that told it', () => {
    const kwargs = { content: 'sunny', tool_call_id: 'c1', name: 'weather' };
    const output = { lc: 1, type: 'constructor', id: ['messages', 'ToolMessage'], kwargs };
    expect(read({ output })?.[0]?.parts).toEqual([
      { kind: 'tool-result', name: 'weather', id: 'c1', output: 'sunny', failed: false },
    ]);
    const message = { role: 'assistant', content: 'hi' };
    expect(readMessages({ message, done: true })?.rest).toEqual({ done: true });
  });

  it('reads OpenAI chat messages with tool calls and results', () => {
    expect(
      read([
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'ls', arguments: '{"path":"/"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'bin' },
      ]),
    ).toEqual([
      {
        role: 'user',
        parts: [
          { kind: 'text', text: 'Look' },
          { kind: 'image', url: 'data:image/png;base64,AA==' },
        ],
      },
      {
        role: 'assistant',
        parts: [{ kind: 'tool-call', name: 'ls', id: 'c1', input: { path: '/' } }],
      },
      { role: 'tool', parts: [{ kind: 'tool-result', id: 'c1', output: 'bin', failed: false }] },
    ]);
  });

  it('reads the items of an OpenAI response', () => {
    expect(
      read([
        { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Think' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{' },
        { type: 'function_call_output', call_id: 'c', output: 'done' },
      ]),
    ).toEqual([
      { role: 'user', parts: [{ kind: 'text', text: 'Hi' }] },
      { role: 'assistant', parts: [{ kind: 'reasoning', text: 'Think' }] },
      { role: 'assistant', parts: [{ kind: 'tool-call', name: 'f', id: 'c', input: '{' }] },
      { role: 'tool', parts: [{ kind: 'tool-result', id: 'c', output: 'done', failed: false }] },
    ]);
  });

  it('reads Anthropic blocks, results of tools as the tool’s', () => {
    expect(
      read([
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm' },
            { type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't',
              content: [
                { type: 'text', text: 'a' },
                { type: 'text', text: 'b' },
              ],
              is_error: true,
            },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'AA==' } },
          ],
        },
      ]),
    ).toEqual([
      {
        role: 'assistant',
        parts: [
          { kind: 'reasoning', text: 'Hm' },
          { kind: 'tool-call', name: 'Bash', id: 't', input: { command: 'ls' } },
        ],
      },
      { role: 'tool', parts: [{ kind: 'tool-result', id: 't', output: 'a\nb', failed: true }] },
      { role: 'user', parts: [{ kind: 'image', url: 'data:image/webp;base64,AA==' }] },
    ]);
  });

  it('reads the GenAI conventions’ parts', () => {
    expect(
      read([
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: 'Hi' },
            { type: 'tool_call', id: '1', name: 'w', arguments: { city: 'Oslo' } },
          ],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: '1', response: 'rain' }] },
      ]),
    ).toEqual([
      {
        role: 'assistant',
        parts: [
          { kind: 'text', text: 'Hi' },
          { kind: 'tool-call', name: 'w', id: '1', input: { city: 'Oslo' } },
        ],
      },
      { role: 'tool', parts: [{ kind: 'tool-result', id: '1', output: 'rain', failed: false }] },
    ]);
  });

  it('reads LangChain, Google and the AI SDK', () => {
    expect(
      read([[{ lc: 1, id: ['langchain', 'schema', 'HumanMessage'], kwargs: { content: 'Hi' } }]]),
    ).toEqual([{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }]);
    expect(read([{ type: 'ai', content: 'Yes' }])).toEqual([
      { role: 'assistant', parts: [{ kind: 'text', text: 'Yes' }] },
    ]);
    expect(
      read([
        { role: 'model', parts: [{ text: 'Ok' }, { functionCall: { name: 'f', args: { a: 1 } } }] },
      ]),
    ).toEqual([
      {
        role: 'assistant',
        parts: [
          { kind: 'text', text: 'Ok' },
          { kind: 'tool-call', name: 'f', input: { a: 1 } },
        ],
      },
    ]);
    expect(
      read([
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId: 'x', toolName: 'f', input: { a: 1 } }],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'x',
              toolName: 'f',
              output: { type: 'text', value: 'r' },
            },
          ],
        },
      ]),
    ).toEqual([
      { role: 'assistant', parts: [{ kind: 'tool-call', name: 'f', id: 'x', input: { a: 1 } }] },
      {
        role: 'tool',
        parts: [{ kind: 'tool-result', name: 'f', id: 'x', output: 'r', failed: false }],
      },
    ]);
  });

  it('reads a response with its choices, and keeps what stands beside them', () => {
    expect(
      readMessages({
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Yes' } }],
      }),
    ).toEqual({
      messages: [{ role: 'assistant', parts: [{ kind: 'text', text: 'Yes' }] }],
      isList: false,
      rest: { model: 'm' },
    });
  });

  it('reads blocks that were recorded as a text, and a response with its output', () => {
    expect(
      read([
        { role: 'assistant', content: '[{"name":"f","args":{"a":1},"id":"x","type":"tool_call"}]' },
      ]),
    ).toEqual([
      { role: 'assistant', parts: [{ kind: 'tool-call', name: 'f', id: 'x', input: { a: 1 } }] },
    ]);
    expect(
      read({
        id: 'r',
        output: [
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
        ],
      }),
    ).toEqual([{ role: 'assistant', parts: [{ kind: 'text', text: 'Hi' }] }]);
  });

  it('reads blocks without a message, and any list of messages one to one', () => {
    expect(
      read([
        { type: 'text', text: 'a' },
        { type: 'tool_use', name: 'f', input: {} },
      ]),
    ).toEqual([
      {
        role: 'assistant',
        parts: [
          { kind: 'text', text: 'a' },
          { kind: 'tool-call', name: 'f', input: {} },
        ],
      },
    ]);
    expect(readMessages([{ role: 'user', content: 'a' }])?.isList).toBe(true);
  });

  it.each([
    [[]],
    [[1, 2]],
    [[{ role: 'admin', since: 2020 }]],
    [{ a: 1 }],
    ['text'],
    [null],
    [[{ __proto__: null }]],
  ])('takes %j for no conversation', (value) => expect(readMessages(value)).toBeUndefined());

  it('keeps what it does not know as it is', () => {
    const block = { type: 'hologram', data: 1 };
    expect(read([{ role: 'user', content: [block] }])).toEqual([
      { role: 'user', parts: [{ kind: 'other', value: block }] },
    ]);
  });
});
