import { readText, type SpanNode } from '@spantail/protocol';
import { shortName } from '../graph/short-name.ts';
import { visibleName } from '../payload/visible-text.ts';
import { facts } from '../run/facts-cache.ts';

/** A function's path as frameworks name their spans by: `package.module.Class.method`. */
const CODE_PATH = /^[a-z_]\w*(?:\.\w+){2,}$/i;

/**
 * What a span is called where there is little room. Of a framework's function the end tells, and more
 * than that the agent or the tool that it ran; any other name is what its author chose.
 */
export function spanTitle(span: SpanNode): string {
  const { name } = span;
  if (!CODE_PATH.test(name)) return visibleName(name);
  const known = whatRan(span);
  return known === undefined || known === name ? shortName(name) : visibleName(known, 120);
}

/** The end of the function's name, where the title tells of something else. */
export function functionOf(span: SpanNode): string {
  const short = shortName(span.name);
  return CODE_PATH.test(span.name) && spanTitle(span) !== short ? short : '';
}

function whatRan(span: SpanNode): string | undefined {
  switch (span.spanType) {
    case 'agent':
      return facts.of(span).agent;
    case 'tool':
    case 'retrieval':
      return readText(span.attributes, ['gen_ai.tool.name']);
    case 'handoff':
      return handoffTitle(span);
    default:
      return undefined;
  }
}

/** Who hands over to whom, as far as it is said: by the agent that begins below it, too. */
export function handoffTitle({ attributes, children }: SpanNode): string | undefined {
  const from = readText(attributes, ['handoff.from']);
  const [only, ...more] = children;
  const below = more.length === 0 && only?.spanType === 'agent' ? only : undefined;
  const to =
    readText(attributes, ['handoff.to']) ??
    (below === undefined ? undefined : shortName(facts.of(below).agent ?? below.name));
  if (to === undefined) return undefined;
  return from === undefined ? `Handoff to ${to}` : `${from} hands over to ${to}`;
}
