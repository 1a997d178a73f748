import { useMemo, type ReactNode } from 'react';
import { DiffView } from './diff-view.tsx';
import { FieldsView } from './fields-view.tsx';
import { ImageView } from './image-view.tsx';
import { JsonView } from './json-view.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { recognisePlain, type PlainShape } from './recognise.ts';
import { TextView } from './text-view.tsx';

/** Any value that is no conversation, as what it is. */
export function PlainValue({ value }: { value: unknown }): ReactNode {
  const shape = useMemo(() => recognisePlain(value), [value]);
  return <PlainShapeView shape={shape} />;
}

export function PlainShapeView({ shape }: { shape: PlainShape }): ReactNode {
  switch (shape.kind) {
    case 'empty':
      return <p className="quiet payload-empty">Empty</p>;
    case 'text':
      return <TextView text={shape.text} />;
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
