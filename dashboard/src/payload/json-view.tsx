import { lazy, Suspense, type ReactNode } from 'react';
import { TextView } from './text-view.tsx';
import { writeJson } from './write-json.ts';

const JsonTree = lazy(() => import('./json-tree.tsx'));
/** Shown while the tree's code is on its way. */
const MEANWHILE_CHARACTERS = 2_000;

/** JSON that folds. */
export function JsonView({ value, label = 'JSON' }: { value: unknown; label?: string }): ReactNode {
  if (typeof value !== 'object' || value === null)
    return <TextView text={typeof value === 'string' ? value : String(value)} code />;
  return (
    <Suspense fallback={<TextView text={writeJson(value, MEANWHILE_CHARACTERS)} code />}>
      <JsonTree value={value} label={label} />
    </Suspense>
  );
}
