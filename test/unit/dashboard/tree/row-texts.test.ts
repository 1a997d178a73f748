import type { Payload } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { indentPx, snippetOf } from '../../../../dashboard/src/tree/row-texts.ts';
import { spanOf, treeOf, type Line } from './make-tree.ts';

function snippet(line: Omit<Line, 'id' | 'from'>, delta?: string): string {
  const tree = treeOf([{ id: 'one', from: 1, ...line }]);
  if (delta !== undefined)
    tree.apply({ type: 'update', spanId: 'one', seq: 0, outputDelta: delta });
  return snippetOf(spanOf(tree, 'one'));
}

const json = (preview: string): Payload => ({
  mediaType: 'application/json',
  bytes: preview.length,
  preview,
  parts: [preview],
});

describe('what a row says of its span', () => {
  it('is the end of what grows', () => {
    expect(snippet({ type: 'model' }, 'Hello\n  there')).toBe('Hello there');
    const long = snippet({ type: 'model' }, `${'x'.repeat(500)} the end`);
    expect(long.startsWith('…x')).toBe(true);
    expect(long.endsWith('the end')).toBe(true);
  });

  it('begins the end of what grows with a whole word', () => {
    const end = snippet({ type: 'model' }, 'between words '.repeat(40));
    expect(end).toMatch(/^…(?:between|words)\b/);
  });

  it('is the first argument of a tool', () => {
    const input = json(String.raw`{"command":"ls \"a b\"\n| head","timeout":5}`);
    expect(snippet({ type: 'tool', to: 2, more: { input } })).toBe('ls "a b" | head');
    expect(snippet({ type: 'tool', to: 2, more: { input: json('{"n":5}') } })).toBe('{"n":5}');
    const second = json('{"all":false, "limit": 5, "path":"a.ts"}');
    expect(snippet({ type: 'tool', to: 2, more: { input: second } })).toBe('a.ts');
  });

  it('is what a call is about, wherever that stands in its arguments', () => {
    const told = (input: object): string =>
      snippet({ type: 'tool', to: 2, more: { input: json(JSON.stringify(input)) } });
    const path = '/home/somebody/projects/a-long-name/packages/core/src/reader.ts';
    const end = '…/a-long-name/packages/core/src/reader.ts';
    expect(told({ replace_all: false, file_path: path, old_string: 'a', new_string: 'b' })).toBe(
      end,
    );
    expect(told({ old_string: 'a', new_string: 'b', file_path: path })).toBe(end);
    expect(told({ description: 'Lists files', command: 'ls -l' })).toBe('ls -l');
    expect(told({ output_mode: 'content', pattern: 'TODO', path: 'src' })).toBe('TODO in src');
    expect(told({ prompt: 'What is it?', url: 'https://a.example/x' })).toBe('https://a.example/x');
    expect(told({ todos: [{ content: 'Read it', status: 'pending' }] })).toBe('Read it');
    expect(told({ input: JSON.stringify({ query: 'weather' }) })).toBe('weather');
    expect(told({ from: 'SFO', to: 'BOM' })).toBe('from: SFO, to: BOM');
    expect(told({ city: 'Rome', request_id: 'a1' })).toBe('Rome');
  });

  it('reads arguments as Python writes them, and those that are cut off', () => {
    const python = (preview: string): string =>
      snippet({
        type: 'tool',
        to: 2,
        more: { input: { ...json(preview), mediaType: 'text/plain' } },
      });
    expect(python("{'city': 'Bangalore'}")).toBe('Bangalore');
    expect(python("{'max_results': 5, 'query': \"it's new\"}")).toBe("it's new");
    expect(python('ls -l {a}')).toBe('ls -l {a}');
    expect(python("input: {'hotel': 'Ritz', 'created_at': '2025'}")).toBe('Ritz');
    expect(python('{}')).toBe('');
    const cut = {
      ...json('{"file_path":"/home/somebody/a-directory/wi'),
      parts: [new Uint8Array(16)],
    };
    expect(snippet({ type: 'tool', to: 2, more: { input: cut } })).toBe(
      '/home/somebody/a-directory/wi…',
    );
  });

  it('says thoughts and calls of a recorded session without their marks', () => {
    const said =
      '\n\n<thinking>\nHm.\n</thinking>\nI look.\n<tool_use name="Bash">{"command":"ls\\n-l","x":1}</tool_use>';
    expect(snippet({ type: 'model' }, said)).toBe('Hm. I look. → Bash ls -l');
    expect(snippet({ type: 'model', to: 2 }, said)).toBe('Hm. I look. → Bash ls -l');
    const long = `<tool_use name="Edit">{"all":false,"path":"a.ts","new":"${'x'.repeat(3_000)}"}</tool_use>`;
    expect(snippet({ type: 'model' }, long)).toBe('→ Edit a.ts');
    expect(snippet({ type: 'model' }, `Now this:\n${long}\nDone`)).toBe('…→ Edit a.ts Done');
    expect(snippet({ type: 'model', to: 2 }, `the <thinking> tag`)).toBe('the <thinking> tag');
  });

  it('is what was said in a model’s answer', () => {
    const preview = String.raw`[{"role":"assistant","content":"

Yes:
1. a"}]`;
    const output = json(preview);
    const tree = treeOf([{ id: 'one', from: 1, type: 'model' }]);
    tree.apply({ type: 'close', spanId: 'one', endUs: 2, status: 'ok', output });
    expect(snippetOf(spanOf(tree, 'one'))).toBe('Yes: 1. a');
  });

  it('is what a model called where it said nothing', () => {
    const told = (output: object): string => {
      const tree = treeOf([{ id: 'one', from: 1, type: 'model' }]);
      const payload = json(JSON.stringify(output));
      tree.apply({ type: 'close', spanId: 'one', endUs: 2, status: 'ok', output: payload });
      return snippetOf(spanOf(tree, 'one'));
    };
    const call = { name: 'get_weather', arguments: '{"city":"Rome","unit_id":3}' };
    const calls = [{ id: 'c1', type: 'function', function: call }];
    expect(told({ content: '', role: 'assistant', tool_calls: calls })).toBe('→ get_weather Rome');
    expect(told({ ai: { name: 'search', args: { query: 'a "b"' }, id: 'c1' } })).toBe(
      '→ search a "b"',
    );
    expect(told([{ type: 'tool_use', id: 'c1', name: 'Read', input: { file_path: 'a.ts' } }])).toBe(
      '→ Read a.ts',
    );
    const google = { functionCall: { name: 'hello', args: {} } };
    expect(told({ content: { parts: [google], role: 'model' } })).toBe('→ hello');
    expect(told({ ai: 'It is\nsunny.' })).toBe('It is sunny.');
    expect(told([{ text: 'I look.' }, { type: 'tool_use', name: 'Read', input: {} }])).toBe(
      'I look. → Read',
    );
  });

  it('makes visible what would turn the row around', () => {
    expect(snippet({ type: 'model', to: 2 }, 'a\u202egnp.exe')).toBe('a⟨202E⟩gnp.exe');
  });

  it('is the error of what failed', () => {
    expect(snippet({ type: 'tool', to: 2, failed: true })).toBe('one failed');
  });
});

describe('indentation', () => {
  it('leaves room for names however deep', () => {
    expect(indentPx(0)).toBe(0);
    expect(indentPx(3)).toBe(42);
    expect(indentPx(10_000)).toBe(200);
  });
});
