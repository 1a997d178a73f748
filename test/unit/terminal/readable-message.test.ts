import { describe, expect, it } from 'vitest';
import { parseCut } from '../../../server/src/terminal/cut-json.ts';
import { readableMessage } from '../../../server/src/terminal/readable-message.ts';

describe('messages of a model as a line for people', () => {
  it.each([
    [
      "Anthropic's",
      '[{"type":"text","text":"I look."},{"type":"tool_use","id":"t","name":"Read","input":{"path":"a.ts"}}]',
      'I look. → Read a.ts',
    ],
    [
      "the AI SDK's",
      '[{"type":"tool-call","toolCallId":"call_1","toolName":"weather","input":{"city":"Lisbon"}}]',
      '→ weather Lisbon',
    ],
    [
      "OpenAI's responses",
      '[{"type":"function_call","name":"weather","callId":"c","arguments":"{\\"city\\":\\"Lisbon\\"}"}]',
      '→ weather Lisbon',
    ],
    [
      "OpenAI's chats",
      '{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Lisbon\\"}"}}]}',
      '→ weather Lisbon',
    ],
    [
      "LangChain's",
      '{"role":"assistant","content":"","name":"a","tool_calls":[{"id":"c","name":"weather","args":{"city":"Lisbon"}}]}',
      '→ weather Lisbon',
    ],
    [
      "LangGraph's",
      '{"command":{"update":{"messages":[{"role":"assistant","content":"It is sunny"}]}}}',
      'It is sunny',
    ],
    [
      "Mastra's",
      '{"text":"","toolCalls":[{"toolCallId":"c","toolName":"weather","args":{"city":"Lisbon"}}]}',
      '→ weather Lisbon',
    ],
    [
      "OpenTelemetry's",
      '[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"text","content":"Hi"},{"type":"tool_call","id":"c","name":"stop"}]}]',
      'Hi → stop',
    ],
    [
      'a conversation',
      '[{"role":"user","content":"Go"},{"role":"assistant","content":"I go"}]',
      'Go I go',
    ],
    ['cut off', '[{"role":"user","content":"Go"},{"role":"assistant","content":"I g', 'Go I g'],
    ['cut off between', '[{"role":"user","content":"Go"},{"role":"assis', 'Go'],
    [
      'a call that is cut off',
      '[{"type":"tool_use","id":"t","name":"Read","input":{"path":"a.',
      '→ Read a.',
    ],
  ])('%s', (_whose, json, line) => {
    expect(readableMessage(json)).toBe(line);
  });

  it.each([
    '{"name":"Bob","input":"x"}',
    '{"role":"admin","name":"Bob"}',
    '{"text":"a","lines":3}',
    '[{"type":"text","text":"a"},{"row":1},{"row":2}]',
    '[]',
    '{}',
    '["a"]',
    '42',
    'not JSON',
    '{"messages":"none"}',
    '{"messages":['.repeat(60),
  ])('%s is none', (json) => {
    expect(readableMessage(json)).toBeUndefined();
  });
});

describe('JSON that is cut off', () => {
  const json = '{"a":"x\\"y\\n\\\\","b":[{"c":[1,true,null]},"\\u00e9"],"d":{"role":"user"}}';

  it('is what is there of it, wherever that is', () => {
    for (let length = 1; length <= json.length; length++) {
      const cut = json.slice(0, length);
      expect(parseCut(cut), cut).toBeTypeOf('object');
    }
    expect(parseCut(json)).toEqual(JSON.parse(json));
    expect(parseCut('{"a":"x\\u00')).toEqual({ a: 'x' });
    expect(parseCut('{"a":"x\\\\')).toEqual({ a: 'x\\' });
    expect(parseCut('{"a":[1,tr')).toEqual({ a: [1] });
    expect(parseCut('{"a":1,"ke')).toEqual({ a: 1 });
  });

  it('is nothing where it is no JSON', () => {
    for (const text of ['', 'hello', '}{', ']'.repeat(9)]) expect(parseCut(text)).toBeUndefined();
  });
});
