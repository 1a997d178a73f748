import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCopy } from './use-copy.ts';

/** Copies a text; `text` may be a function where making it costs. */
export function CopyButton({
  text,
  label,
}: {
  text: string | (() => string);
  /** What is copied: "span id". */
  label: string;
}): ReactNode {
  const { state, copy } = useCopy();
  const told = { idle: `Copy ${label}`, copied: 'Copied', failed: 'The browser refused' }[state];
  return (
    <button
      type="button"
      className="copy-button"
      title={told}
      aria-label={told}
      onClick={() => copy(typeof text === 'string' ? text : text())}
    >
      {state === 'copied' ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
    </button>
  );
}
