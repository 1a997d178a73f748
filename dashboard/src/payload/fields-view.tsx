import { lazy, Suspense, type ReactNode } from 'react';
import { languageOfField } from '../markdown/languages.ts';
import { DiffView } from './diff-view.tsx';
import { editIn } from './edit-diff.ts';
import { JsonView } from './json-view.tsx';
import { TextView } from './text-view.tsx';
import { visibleName } from './visible-text.ts';

const CodeBlock = lazy(() =>
  import('../markdown/code-block.tsx').catch(() => ({ default: PlainCode })),
);

/** A few fields of which some are long texts (a command, a file's content): each below its name. */
export function FieldsView({ fields }: { fields: readonly [string, unknown][] }): ReactNode {
  const edit = editIn(fields);
  const others = edit === undefined ? fields : fields.filter(([key]) => !edit.keys.includes(key));
  return (
    <dl className="fields-view">
      {others.map(([key, value]) => (
        <div key={key} className={isShort(value) ? 'field-short' : undefined}>
          <dt className="mono">{visibleName(key)}</dt>
          <dd>
            <FieldValue value={value} language={languageOfField(key, fields)} />
          </dd>
        </div>
      ))}
      {edit !== undefined && (
        <div>
          <dt className="mono">{edit.keys.join(' → ')}</dt>
          <dd>
            <DiffView text={edit.diff} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function PlainCode({ code }: { code: string; language?: string | undefined }): ReactNode {
  return <TextView text={code} code />;
}

/** Beside its name rather than below it. */
function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 60 && !value.includes('\n');
  return typeof value !== 'object' || value === null;
}

function FieldValue({
  value,
  language,
}: {
  value: unknown;
  language: string | undefined;
}): ReactNode {
  if (typeof value !== 'string') return <JsonView value={value} />;
  const plain = <TextView text={value} code />;
  if (language === undefined || isShort(value)) return plain;
  return (
    <Suspense fallback={plain}>
      <CodeBlock code={value} language={language} />
    </Suspense>
  );
}
