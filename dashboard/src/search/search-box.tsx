import { ChevronDown, ChevronUp, ListFilter, Search, X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import type { Matches } from './use-search.ts';
import './search.css';

export interface SearchBoxProps {
  box: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  matches: Matches;
  /** Of the selected span among them, from 0; -1 when it is none. */
  place: number;
  onStep: (step: 1 | -1) => void;
  isFiltering: boolean;
  onFiltering: (filtering: boolean) => void;
}

/**
 * Search inside of the run: any part of names, types, attributes, errors and the beginnings of
 * inputs and outputs; with a record, whole words anywhere in these.
 */
export function SearchBox(props: SearchBoxProps): ReactNode {
  const { box, text, onText, matches, place, onStep, isFiltering, onFiltering } = props;
  const count = matches.found?.size;
  return (
    <div className="search-box" role="search">
      <Search size={14} aria-hidden />
      <input
        ref={box}
        type="search"
        aria-label="Search in this run"
        placeholder="Search in this run"
        value={text}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            onStep(event.shiftKey ? -1 : 1);
          } else if (event.key === 'Escape') {
            event.preventDefault();
            if (text !== '') onText('');
            event.currentTarget.blur();
          }
        }}
      />
      {text.trim() !== '' && (
        <>
          <span className="search-count" role="status">
            {count === undefined
              ? '…'
              : count === 0
                ? 'none'
                : `${place < 0 ? '–' : place + 1}/${count}${matches.isCut ? '+' : ''}`}
          </span>
          <button
            type="button"
            aria-label="Previous match"
            title="Previous match (Shift Enter, N)"
            disabled={count === undefined || count === 0}
            onClick={() => onStep(-1)}
          >
            <ChevronUp size={14} aria-hidden />
          </button>
          <button
            type="button"
            aria-label="Next match"
            title="Next match (Enter, n)"
            disabled={count === undefined || count === 0}
            onClick={() => onStep(1)}
          >
            <ChevronDown size={14} aria-hidden />
          </button>
          <button
            type="button"
            aria-label="Only matches"
            aria-pressed={isFiltering}
            title="Show only matches and what is above them"
            onClick={() => onFiltering(!isFiltering)}
          >
            <ListFilter size={14} aria-hidden />
          </button>
          <button type="button" aria-label="Clear the search" onClick={() => onText('')}>
            <X size={14} aria-hidden />
          </button>
        </>
      )}
    </div>
  );
}
