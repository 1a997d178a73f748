import type { AttributeValue, SpanNode } from '@spantail/protocol';
import { lineFrom } from './text.ts';

/** Longest part of a name that is looked at; no screen shows more of it. */
const NAME_CHARACTERS = 240;
/** A function's full path: instrumentations name spans by what they wrap. */
const CODE_PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){2,}$/;
/** The conventions name a span by operation and subject; the operation is its type again. */
const OPERATION = /^(?:chat|execute_tool|invoke_agent|embeddings|text_completion) (?=\S)/;

/** Attributes that name a span better than the path of the code that made it. */
const SUBJECTS: Partial<Record<SpanNode['spanType'], string>> = {
  agent: 'gen_ai.agent.name',
  model: 'gen_ai.request.model',
  tool: 'gen_ai.tool.name',
};

/** What a span is called on the screen: its name, unless that is the path of some code. */
export function spanLabel(span: Pick<SpanNode, 'name' | 'attributes' | 'spanType'>): string {
  const name = lineFrom(span.name, NAME_CHARACTERS);
  if (name === '') return '(no name yet)';
  if (!CODE_PATH.test(name) || !/[A-Z_]/.test(name)) return name.replace(OPERATION, '');
  const subject = SUBJECTS[span.spanType];
  return (
    textOf(subject === undefined ? undefined : span.attributes[subject]) ??
    name.split('.').slice(-2).join('.')
  );
}

function textOf(value: AttributeValue | undefined): string | undefined {
  const text = typeof value === 'string' ? lineFrom(value, NAME_CHARACTERS) : '';
  return text === '' ? undefined : text;
}
