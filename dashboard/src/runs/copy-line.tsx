import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';

const SHOWN_MS = 1_500;

/** Something to type elsewhere, and a button that copies it. */
export function CopyLine({ text, what }: { text: string; what: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const label = copied ? 'Copied' : `Copy ${what}`;
  // A page that is not served from this machine or by TLS has no clipboard.
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
  return (
    <div className="copy-line">
      <pre tabIndex={0} aria-label={what}>
        {text}
      </pre>
      {clipboard !== undefined && (
        <button
          type="button"
          className="icon-button"
          aria-label={label}
          title={label}
          onClick={() =>
            void clipboard.writeText(text).then(
              () => setCopied(true),
              () => {},
            )
          }
        >
          {copied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
        </button>
      )}
    </div>
  );
}
