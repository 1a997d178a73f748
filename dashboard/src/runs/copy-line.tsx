import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCopy } from '../payload/use-copy.ts';

/** Something to type elsewhere, and a button that copies it. */
export function CopyLine({ text, what }: { text: string; what: string }): ReactNode {
  const { state, copy } = useCopy();
  const label = { idle: `Copy ${what}`, copied: 'Copied', failed: 'The browser refused' }[state];
  return (
    <div className="copy-line">
      <pre tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <button
        type="button"
        className="icon-button"
        aria-label={label}
        title={label}
        onClick={() => copy(text)}
      >
        {state === 'copied' ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      </button>
    </div>
  );
}
