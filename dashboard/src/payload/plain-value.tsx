import { useMemo, type ReactNode } from 'react';
import { DiffView } from './diff-view.tsx';
import { FieldsView } from './fields-view.tsx';
import { ImageView } from './image-view.tsx';
import { JsonView } from './json-view.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { recognisePlain, type PlainShape } from './recognise.ts';
import { TextView } from './text-view.tsx';

/** Any value that is no conversation, as what it is. */
export function PlainValue({
  value,
  asCode = false,
}: {
  value: unknown;
  /** A text is a program's, not a person's. */
  asCode?: boolean;
}): ReactNode {
  const shape = useMemo(() => recognisePlain(value), [value]);
  return <PlainShapeView shape={shape} asCode={asCode} />;
}

export function PlainShapeView({
  shape,
  asCode = false,
}: {
  shape: PlainShape;
  asCode?: boolean;
}): ReactNode {
  switch (shape.kind) {
    case 'empty':
      return <p className="quiet payload-empty">Empty</p>;
    case 'text':
      return <TextView text={shape.text} code={asCode} />;
    case 'markdown':
      return <MarkdownView text={shape.text} />;
    case 'diff':
      return <DiffView text={shape.text} />;
    case 'image':
      return <ImageView url={shape.url} />;
    case 'fields':
      return <FieldsView fields={shape.fields} />;
    case 'json':
      return <JsonView value={shape.value} />;
  }
}
