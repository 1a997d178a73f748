import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { NotLoaded } from './not-loaded.tsx';

/**
 * A part of the page that loads when it is first shown. `React.lazy` would keep the first failure
 * until the page is loaded again, and a gateway that was away for a moment would leave a hole.
 *
 * @param what as its user calls it
 */
export function lazyPart<Props extends object>(
  what: string,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  /** Once it is there, all places have it at once. */
  let loaded: ComponentType<Props> | undefined;
  return function LazyPart(props: Props): ReactNode {
    const [Part, setPart] = useState(() => loaded);
    const [failure, setFailure] = useState<unknown>();
    const [tries, setTries] = useState(0);
    useEffect(() => {
      let left = false;
      const get = async (): Promise<void> => {
        try {
          loaded ??= await load();
          if (!left) setPart(() => loaded);
        } catch (error) {
          if (!left) setFailure(error ?? new Error('of no reason that is known'));
        }
      };
      void get();
      return () => {
        left = true;
      };
    }, [tries]);
    if (Part !== undefined) return <Part {...props} />;
    if (failure === undefined) return <p className="quiet pad">Loading…</p>;
    return (
      <NotLoaded
        what={what}
        failure={failure}
        tries={tries}
        onAgain={() => setTries((before) => before + 1)}
      />
    );
  };
}
