import { Brain, CornerDownLeft, Wrench } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { FieldsView } from './fields-view.tsx';
import { ImageView } from './image-view.tsx';
import { isMap } from './is-map.ts';
import { jsonIn } from './json-in.ts';
import { JsonView } from './json-view.tsx';
import { looksLikeMarkdown } from './looks-like-markdown.ts';
import type { MessagePart } from './message.ts';
import { TextView } from './text-view.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { PlainValue } from './plain-value.tsx';
import { isPart, readPart } from './read-parts.ts';
import { visibleName } from './visible-text.ts';

/** Results inside of results are JSON from here on. */
const MOST_LEVELS = 3;

/** One part of a message. */
export function PartView({
  part,
  level = 0,
  isOpen = false,
}: {
  part: MessagePart;
  level?: number;
  /** Reasoning is unfolded, as long as it is being read while it comes. */
  isOpen?: boolean;
}): ReactNode {
  switch (part.kind) {
    case 'text':
      return <TextPart text={part.text} />;
    case 'reasoning':
      return (
        <details className="part-reasoning" open={isOpen}>
          <summary>
            <Brain size={13} aria-hidden /> Reasoning
          </summary>
          <TextPart text={part.text} />
        </details>
      );
    case 'tool-call':
      return (
        <div className="part-tool">
          <p className="part-head">
            <Wrench size={13} aria-hidden />
            <strong className="mono">{visibleName(part.name, 120)}</strong>
            {part.id !== undefined && (
              <span className="quiet mono">{visibleName(part.id, 40)}</span>
            )}
          </p>
          <ToolInput input={part.input} />
        </div>
      );
    case 'tool-result':
      return (
        <div className={`part-tool${part.failed ? ' part-failed' : ''}`}>
          <p className="part-head">
            <CornerDownLeft size={13} aria-hidden />
            <span>{part.failed ? 'Failed' : 'Result'}</span>
            {part.name !== undefined && (
              <strong className="mono">{visibleName(part.name, 120)}</strong>
            )}
            {part.id !== undefined && (
              <span className="quiet mono">{visibleName(part.id, 40)}</span>
            )}
          </p>
          <ToolOutput output={part.output} level={level} />
        </div>
      );
    case 'image':
      return <ImageView url={part.url} />;
    case 'other':
      return <JsonView value={part.value} />;
  }
}

function TextPart({ text }: { text: string }): ReactNode {
  const json = useMemo(() => jsonIn(text), [text]);
  if (json !== undefined) return <PlainValue value={json} />;
  return looksLikeMarkdown(text) ? <MarkdownView text={text} /> : <TextView text={text} />;
}

/** Arguments are few and named: each stands by itself when one of them is a text of several lines. */
function ToolInput({ input }: { input: unknown }): ReactNode {
  if (input === undefined || input === null || input === '') return null;
  if (!isMap(input)) return <PlainValue value={input} />;
  const fields = Object.entries(input);
  if (fields.length === 0) return null;
  const isReadable = fields.every(([, value]) => typeof value !== 'object' || value === null);
  return isReadable && fields.length <= 12 ? (
    <FieldsView fields={fields} />
  ) : (
    <PlainValue value={input} />
  );
}

/** What a tool gives back: blocks as in a message (texts, pictures), or whatever it is. */
function ToolOutput({ output, level }: { output: unknown; level: number }): ReactNode {
  if (
    !Array.isArray(output) ||
    output.length === 0 ||
    level >= MOST_LEVELS ||
    !output.every(isPart)
  )
    return <PlainValue value={output} asCode />;
  return output.map((block, index) => (
    // The blocks of a result never move.
    <PartView key={index} part={readPart(block)} level={level + 1} />
  ));
}
