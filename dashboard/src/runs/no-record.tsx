import type { TraceId } from '@spantail/protocol';
import { DatabaseZap } from 'lucide-react';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { traceIdIn } from './trace-id-in.ts';

export interface NoRecordProps {
  /** What becomes of the run that is named. */
  verb?: string;
  /** By default it is opened. */
  onRun?: (traceId: TraceId) => void;
}

/** The gateway keeps no record, so there is no list; a run that is known by its id can be watched. */
export function NoRecord({ verb = 'Open', onRun }: NoRecordProps): ReactNode {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const [inputId, problemId] = [useId(), useId()];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const traceId = traceIdIn(text);
    setWrong(traceId === undefined);
    if (traceId === undefined) return;
    if (onRun === undefined) navigate(`/runs/${traceId}`);
    else onRun(traceId);
  };
  return (
    <section className="runs-nothing">
      <DatabaseZap size={28} aria-hidden />
      <h1>This gateway keeps no record of runs</h1>
      <p className="quiet">
        It was started with <code>--archive none</code>, so it lists no runs and searches none. A
        run can be watched by its trace id, while its log is kept.
      </p>
      <form className="no-record-form" onSubmit={submit}>
        <label htmlFor={inputId}>Trace id</label>
        <input
          id={inputId}
          className="mono"
          value={text}
          size={34}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={isWrong}
          aria-describedby={isWrong ? problemId : undefined}
          onChange={(event) => {
            setText(event.target.value);
            setWrong(false);
          }}
        />
        <button type="submit">{verb}</button>
      </form>
      {isWrong && (
        <p id={problemId} className="no-record-problem" role="alert">
          A trace id has 32 digits, of 0 to 9 and a to f.
        </p>
      )}
    </section>
  );
}
