import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';

const TELL_MS = 1_500;

/** Copies a text; `text` may be a function where making it costs. */
export function CopyButton({
  text,
  label,
}: {
  text: string | (() => string);
  /** What is copied: "span id". */
  label: string;
}): ReactNode {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), TELL_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    copyText(typeof text === 'string' ? text : text()).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  const told = { idle: `Copy ${label}`, copied: 'Copied', failed: 'The browser refused' }[state];
  return (
    <button type="button" className="copy-button" title={told} aria-label={told} onClick={copy}>
      {state === 'copied' ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
    </button>
  );
}

/** A page that is not served over TLS has no clipboard but on this machine. */
async function copyText(text: string): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard !== undefined) return clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.className = 'copy-source';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('not copied');
}
