import { useMemo, type ReactNode } from 'react';
import { JsonView } from 'react-json-view-lite';
import { foldable } from './foldable.ts';
import './json.css';

/** Loaded when the first JSON is shown. */
export default function JsonTree({ value, label }: { value: object; label: string }): ReactNode {
  const folded = useMemo(() => foldable(value) as object, [value]);
  return (
    <JsonView
      aria-label={label}
      data={folded}
      shouldExpandNode={opensAtFirst}
      clickToExpandNode
      style={STYLE}
    />
  );
}

/** The first two levels, and small things below them. */
function opensAtFirst(level: number, value: unknown): boolean {
  if (level === 0) return true;
  const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  return level === 1 ? count <= 20 : level < 5 && count <= 4;
}

const STYLE = {
  container: 'json-tree mono',
  basicChildStyle: 'json-item',
  childFieldsContainer: 'json-children',
  label: 'json-key',
  clickableLabel: 'json-key json-click',
  nullValue: 'json-null',
  undefinedValue: 'json-null',
  numberValue: 'json-number',
  stringValue: 'json-string',
  booleanValue: 'json-boolean',
  otherValue: 'json-null',
  punctuation: 'json-mark',
  expandIcon: 'json-icon json-closed',
  collapseIcon: 'json-icon json-open',
  collapsedContent: 'json-folded',
  noQuotesForStringValues: false,
  quotesForFieldNames: false,
  ariaLables: { collapseJson: 'Fold', expandJson: 'Unfold' },
  stringifyStringValues: false,
};
