import type { RunRow } from '@spantail/protocol';
import { Search, X } from 'lucide-react';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { CapitalsHint } from './capitals-hint.tsx';
import { missingCapitals } from './capitals.ts';
import { commitPause } from './commit-pause.ts';
import { FilterError } from './filter-error.tsx';
import { filterOptions, type FilterOption } from './filter-options.ts';
import { problemOf, type FilterProblem } from './filter-problem.ts';
import { OptionsList, optionId } from './options-list.tsx';
import './filter-box.css';

export interface FilterBoxProps {
  /** The filter that is in force. */
  value: string;
  onChange: (value: string) => void;
  /** What the gateway says of the filter in force. */
  refused: FilterProblem | undefined;
  /** Their values are offered. */
  rows: readonly RunRow[];
  input: RefObject<HTMLInputElement | null>;
}

/** A filter, with what can be written at the caret and what is wrong with it. */
export function FilterBox({ value, onChange, refused, rows, input }: FilterBoxProps): ReactNode {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [own, setOwn] = useState<FilterProblem>();
  const committed = useRef(value);
  useEffect(() => {
    // Changed from elsewhere: the address, a link.
    if (value === committed.current) return;
    committed.current = value;
    setDraft(value);
    setOwn(undefined);
  }, [value]);
  const commit = (text: string): void => {
    const problem = problemOf(text);
    setOwn(problem);
    if (problem !== undefined || text.trim() === committed.current.trim()) return;
    committed.current = text;
    onChange(text);
  };
  const newest = useRef(commit);
  newest.current = commit;
  // A half-written filter is neither asked for nor complained of.
  const pauseMs = commitPause(draft, caret);
  useEffect(() => {
    if (pauseMs === undefined) return undefined;
    const timer = setTimeout(() => newest.current(draft), pauseMs);
    return () => clearTimeout(timer);
  }, [draft, pauseMs]);

  const options = open ? filterOptions(draft, caret, rows) : [];
  const write = (text: string, position: number): void => {
    setDraft(text);
    setCaret(position);
    setActive(-1);
    setOwn(undefined);
  };
  const take = ({ result }: FilterOption): void => {
    write(result.text, result.position);
    // A value is whole.
    if (/\s$/.test(result.text.slice(0, result.position))) commit(result.text);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(result.position, result.position);
    });
  };
  // Where nothing is begun, Tab leaves the box.
  const isBegun = /[^\s()-]$/.test(draft.slice(0, caret));
  const tabTakes = active >= 0 ? active : isBegun && options.length > 0 ? 0 : -1;
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key } = event;
    const chosen = options[key === 'Tab' ? tabTakes : active];
    if (key === 'Tab' && event.shiftKey) return;
    if ((key === 'ArrowDown' || key === 'ArrowUp') && options.length > 0) {
      event.preventDefault();
      const step = key === 'ArrowDown' ? 1 : -1;
      setActive(
        (active + step + options.length + (active === -1 && step === -1 ? 1 : 0)) % options.length,
      );
    } else if (key === 'ArrowDown') setOpen(true);
    else if ((key === 'Enter' || key === 'Tab') && chosen !== undefined) {
      event.preventDefault();
      take(chosen);
    } else if (key === 'Enter') {
      commit(draft);
      setOpen(false);
    } else if (key === 'Escape') {
      if (options.length > 0) setOpen(false);
      else input.current?.blur();
    }
  };
  // While there is something to choose, it is not finished.
  const problem = options.length > 0 ? undefined : (own ?? (draft === value ? refused : undefined));
  const missing = missingCapitals(draft);
  const hint = missing !== undefined && (
    <CapitalsHint
      missing={missing}
      onTake={(text) => {
        write(text, text.length);
        commit(text);
        input.current?.focus();
      }}
    />
  );
  return (
    <div className="filter">
      <div className="filter-field" data-invalid={problem !== undefined}>
        <Search size={15} aria-hidden />
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Filter runs"
          aria-autocomplete="list"
          aria-expanded={options.length > 0}
          aria-controls={`${id}-options`}
          aria-activedescendant={active >= 0 ? optionId(`${id}-options`, active) : undefined}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : `${id}-error`}
          placeholder='Filter: status:error duration:>2s agent:researcher "rate limit"'
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={draft}
          onChange={(event) => {
            write(event.target.value, event.target.selectionStart ?? event.target.value.length);
            setOpen(true);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onFocus={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            setActive(-1);
            commit(draft);
          }}
          onKeyDown={onKeyDown}
        />
        {draft === '' ? (
          <kbd aria-hidden>/</kbd>
        ) : (
          <button
            type="button"
            className="filter-clear"
            aria-label="Clear the filter"
            onClick={() => {
              write('', 0);
              commit('');
              input.current?.focus();
            }}
          >
            <X size={14} aria-hidden />
          </button>
        )}
      </div>
      {options.length > 0 && (
        <div className="filter-popup">
          <OptionsList id={`${id}-options`} {...{ options, active, tabTakes, onTake: take }} />
          {hint || (
            <p className="filter-keys quiet" aria-hidden>
              <kbd>Tab</kbd> takes what is offered, <kbd>Enter</kbd> filters by what is written
            </p>
          )}
        </div>
      )}
      {options.length === 0 && hint}
      {problem !== undefined && <FilterError id={`${id}-error`} text={draft} problem={problem} />}
    </div>
  );
}
