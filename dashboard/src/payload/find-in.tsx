import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { Marked } from '../search/marked.tsx';
import { placesIn } from './places-in.ts';
import './find-in.css';

const FIRST_PLACES = 3;

/** Search in one payload, also in what of it is not on the page. */
export function FindIn({ text, wanted }: { text: () => string; wanted: string }): ReactNode {
  const [asked, setAsked] = useState(wanted);
  const [shown, setShown] = useState(FIRST_PLACES);
  const deferred = useDeferredValue(asked);
  const whole = useMemo(text, [text]);
  const { places, count } = useMemo(() => placesIn(whole, deferred), [whole, deferred]);
  return (
    <div className="find-in" role="search">
      <p className="find-in-box">
        <input
          type="search"
          aria-label="Find in this content"
          placeholder="Find in this content"
          value={asked}
          spellCheck={false}
          onChange={(event) => {
            setAsked(event.target.value);
            setShown(FIRST_PLACES);
          }}
        />
        <span className="quiet" role="status">
          {deferred.trim() === ''
            ? ''
            : `${count.toLocaleString()} ${count === 1 ? 'place' : 'places'}`}
        </span>
      </p>
      {places.length > 0 && (
        <ol className="find-in-places">
          {places.slice(0, shown).map(({ line, excerpt }, index) => (
            <li key={index}>
              <span className="quiet">{line.toLocaleString()}</span>
              <span className="mono">
                <Marked text={excerpt} wanted={deferred} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {places.length > shown && (
        <p className="text-more">
          <button type="button" onClick={() => setShown(shown + 50)}>
            Show more
          </button>
          <span className="quiet">{(count - shown).toLocaleString()} more</span>
        </p>
      )}
    </div>
  );
}
