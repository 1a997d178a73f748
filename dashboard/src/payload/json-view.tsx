import { lazy, Suspense, type ReactNode } from 'react';
import { TextView } from './text-view.tsx';
import { writeJson } from './write-json.ts';

/** Without its code (the gateway went away meanwhile) it is written out. */
const JsonTree = lazy(() => import('./json-tree.tsx').catch(() => ({ default: WrittenJson })));
/** Shown while the tree's code is on its way. */
const MEANWHILE_CHARACTERS = 20_000;

/** JSON that folds. */
export function JsonView({ value, label = 'JSON' }: { value: unknown; label?: string }): ReactNode {
  if (typeof value !== 'object' || value === null)
    return <TextView text={typeof value === 'string' ? value : String(value)} code />;
  return (
    <Suspense fallback={<WrittenJson value={value} />}>
      <JsonTree value={value} label={label} />
    </Suspense>
  );
}

function WrittenJson({ value }: { value: object; label?: string }): ReactNode {
  return <TextView text={writeJson(value, MEANWHILE_CHARACTERS)} code />;
}
