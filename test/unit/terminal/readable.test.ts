import { describe, expect, it } from 'vitest';
import { firstValue, readableJson } from '../../../server/src/terminal/readable-json.ts';
import {
  inputLine,
  outputTail,
  payloadLine,
  readableText,
} from '../../../server/src/terminal/readable.ts';
import { spanLabel } from '../../../server/src/terminal/span-label.ts';
import {
  buildTree,
  jsonPayload,
  spanId,
  textPayload,
  type BuiltSpan,
} from '../../support/span-tree.ts';

function spanOf(span: BuiltSpan) {
  const node = buildTree([span]).get(spanId(0));
  if (node === undefined) throw new Error('no span');
  return node;
}

describe('JSON as a line for people', () => {
  it.each([
    ['{"command":"ls","limit":5}', 'command: ls, limit: 5'],
    ['{"command":"ls -la"}', 'ls -la'],
    ['{"a":{"b":[1,2]}}', 'b: 1, 2'],
    ['["one","two"]', 'one, two'],
    ['{"say":"a \\"b\\" \\\\ c\\u0041"}', 'a "b" \\ cA'],
    ['{"ai":"It seems so"}', 'It seems so'],
    ['[{"role":"user","content":"Hello, you"}]', 'Hello, you'],
    ['{"role":"assistant","parts":[{"type":"text","content":"Hi"}]}', 'Hi'],
    ['42', '42'],
    ['null', 'null'],
    ['{}', ''],
    ['{"cut":"in the mid', 'in the mid'],
    ['{"cut":"escape\\', 'escape'],
    ['{"a":1,"cu', 'a: 1, cu'],
    ['not JSON at all', 'not JSON at all'],
  ])('%s', (json, line) => {
    expect(readableJson(json)).toBe(line);
  });

  it.each([
    ['{"command":"ls","limit":5}', 'ls'],
    ['{"all":false,"path":"a.ts","x":"y"}', 'a.ts'],
    ['{"n":1,"m":2}', 'n: 1, m: 2'],
    ['{"first":"cut off', 'cut off'],
    ['["a"]', 'a'],
    ['{}', ''],
  ])('the first text of %s', (json, value) => {
    expect(firstValue(json)).toBe(value);
  });

  it('takes anything, cut off anywhere', () => {
    const json =
      '{"a":"x\\"y\\n","b":[{"c":[1,true,null]},"\\u00e9"],"d":{"role":"user","content":"z"}}';
    for (let length = 0; length <= json.length; length++) {
      expect(typeof readableJson(json.slice(0, length))).toBe('string');
      expect(typeof firstValue(json.slice(0, length))).toBe('string');
    }
  });
});

describe('text without the marks around it', () => {
  it.each([
    ['<thinking>\nI see\n</thinking>\nDone', '\nI see\n\nDone'],
    ['<returncode>0</returncode>\n<output>\nfile\n</output>', '\nfile\n'],
    ['go <tool_use name="Bash">{"command":"ls"}</tool_use>', 'go → Bash ls'],
    ['go <tool_use name="Bash">{"command":"l', 'go → Bash l'],
    ['#include <vector> and a<b>c', '#include <vector> and a<b>c'],
  ])('%j', (text, shown) => {
    expect(readableText(text)).toBe(shown);
  });
});

describe('what a step was given', () => {
  it('of a conversation its length, chunks counted by what is in them', () => {
    const chunk = { chunk: new Uint8Array(16), parts: 64 };
    const input = { ...jsonPayload([{ role: 'user' }, { role: 'assistant' }]) };
    expect(inputLine(spanOf({ spanType: 'model', input }), 100)).toBe('2 messages');
    const long = { ...input, parts: [chunk, chunk, 'x'] };
    expect(inputLine(spanOf({ spanType: 'model', input: long }), 100)).toBe('129 messages');
    const one = jsonPayload([{ role: 'user' }]);
    expect(inputLine(spanOf({ spanType: 'model', input: one }), 100)).toBe('1 message');
  });

  it('of a call its first argument, of anything else its beginning', () => {
    const input = jsonPayload({ command: 'ls', description: 'List' });
    expect(inputLine(spanOf({ input }), 100)).toBe('ls');
    const python = textPayload("{'city': 'JFK', 'unit': 'F'}");
    expect(inputLine(spanOf({ input: python }), 100)).toBe('JFK');
    expect(inputLine(spanOf({ spanType: 'step', input }), 100)).toBe(
      'command: ls, description: List',
    );
    expect(inputLine(spanOf({}), 100)).toBe('');
  });

  it('says that a preview does not have all of it', () => {
    expect(payloadLine(textPayload('x'.repeat(201)), 400)).toBe(`${'x'.repeat(200)}…`);
    expect(payloadLine(textPayload('x'.repeat(200)), 400)).toBe('x'.repeat(200));
    expect(payloadLine(textPayload('é'.repeat(150)), 400)).toBe('é'.repeat(150));
  });

  it('is one safe line whatever it holds', () => {
    const hostile = '\u001B[2J\u202E\n\u0000';
    expect(payloadLine(textPayload(`a${hostile}b`), 100)).toBe('a b');
    expect(payloadLine(jsonPayload({ text: `a${hostile}b` }), 100)).toBe('a b');
    expect(outputTail(`a${hostile}b`, 100)).toBe('a b');
  });
});

describe('what a span is called', () => {
  const label = (span: BuiltSpan): string => spanLabel(spanOf(span));

  it('is its name, without the operation that its type says already', () => {
    expect(label({ name: 'plan' })).toBe('plan');
    expect(label({ name: 'chat gpt-4o', spanType: 'model' })).toBe('gpt-4o');
    expect(label({ name: 'execute_tool search' })).toBe('search');
    expect(label({ name: 'chat' })).toBe('chat');
    expect(label({ name: 'chat ' })).toBe('chat');
    expect(label({ name: 'www.example.com' })).toBe('www.example.com');
    expect(label({ name: '' })).toBe('(no name yet)');
    expect(label({ name: '\u200B\u001B[0m' })).toBe('(no name yet)');
  });

  it('is what an attribute says in place of the path of some code', () => {
    const name = 'langchain.chat_models.BaseChatModel.invoke';
    expect(label({ name })).toBe('BaseChatModel.invoke');
    expect(
      label({ name, spanType: 'model', attributes: { 'gen_ai.request.model': 'gpt-4o' } }),
    ).toBe('gpt-4o');
    expect(label({ name, spanType: 'tool', attributes: { 'gen_ai.tool.name': '\u001B[1m' } })).toBe(
      'BaseChatModel.invoke',
    );
    expect(label({ name: 'plan', attributes: { 'gen_ai.tool.name': 'search' } })).toBe('plan');
  });
});
