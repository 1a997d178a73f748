import { CloudOff, ListFilter, SearchX } from 'lucide-react';
import { SpantailError } from '@spantail/protocol';
import type { ReactNode } from 'react';
import { NoRecord, type NoRecordProps } from './no-record.tsx';
import './list-states.css';

const SKELETON_ROWS = 8;

/** Until the first answer. */
export function RunsSkeleton(): ReactNode {
  return (
    <div className="runs-skeleton" role="status" aria-label="Loading runs">
      {Array.from({ length: SKELETON_ROWS }, (_, i) => (
        <div key={i} className="runs-skeleton-row" aria-hidden>
          <i />
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}

export function NoMatch({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <section className="runs-nothing" role="status">
      <SearchX size={28} aria-hidden />
      <h1>No run matches</h1>
      <p className="quiet">One that does appears here when it is published.</p>
      <button type="button" onClick={onClear}>
        Show all runs
      </button>
    </section>
  );
}

export function BadFilter({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <section className="runs-nothing">
      <ListFilter size={28} aria-hidden />
      <h1>The filter cannot be understood</h1>
      <p className="quiet">
        Terms are <code>field:value</code>, next to each other: <code>status:error</code>{' '}
        <code>{'duration:>2s'}</code> <code>name:plan*</code>. Words in quotes are searched for.
      </p>
      <button type="button" onClick={onClear}>
        Show all runs
      </button>
    </section>
  );
}

export function ListError({ error, ...rest }: { error: Error } & NoRecordProps): ReactNode {
  if (error instanceof SpantailError && error.code === 'NOT_FOUND') return <NoRecord {...rest} />;
  return (
    <section className="runs-nothing" role="alert">
      <CloudOff size={28} aria-hidden />
      <h1>The runs cannot be listed</h1>
      <p className="quiet">{error.message}</p>
      <p className="quiet">Asking again by itself when that may help.</p>
    </section>
  );
}
