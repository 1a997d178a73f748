import type { ReactNode } from 'react';
import type { FilterOption } from './filter-options.ts';

export interface OptionsListProps {
  id: string;
  options: readonly FilterOption[];
  /** The chosen one; -1: none. */
  active: number;
  /** The one that Tab takes; -1: none. */
  tabTakes: number;
  onTake: (option: FilterOption) => void;
}

/** Of an option, for `aria-activedescendant`. */
export function optionId(id: string, index: number): string {
  return `${id}-${index}`;
}

/** What can be written at the caret. */
export function OptionsList({
  id,
  options,
  active,
  tabTakes,
  onTake,
}: OptionsListProps): ReactNode {
  return (
    <ul id={id} role="listbox" aria-label="Completions">
      {options.map((option, i) => (
        <li
          key={`${option.text} ${option.meaning}`}
          id={optionId(id, i)}
          role="option"
          aria-selected={i === active}
          ref={(element) => {
            if (i === active) element?.scrollIntoView({ block: 'nearest' });
          }}
          onPointerDown={(event) => {
            // The box keeps the focus.
            event.preventDefault();
            onTake(option);
          }}
        >
          <code>{option.text}</code>
          <span className="quiet">{option.meaning}</span>
          {i === tabTakes && <kbd aria-hidden>Tab</kbd>}
        </li>
      ))}
    </ul>
  );
}
