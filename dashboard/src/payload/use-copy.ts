import { useCallback, useEffect, useState } from 'react';

/** How long it says what became of it. */
const TELL_MS = 1_500;

export interface Copy {
  state: 'idle' | 'copied' | 'failed';
  copy: (text: string) => void;
}

/** Copies texts, and says for a moment whether it could. */
export function useCopy(): Copy {
  const [state, setState] = useState<Copy['state']>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), TELL_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = useCallback((text: string): void => {
    copyText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  }, []);
  return { state, copy };
}

/** A page that is not served over TLS has no clipboard but on this machine. */
async function copyText(text: string): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard !== undefined) return clipboard.writeText(text);
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  // Wherever the page is scrolled to, it stays there.
  area.style.position = 'fixed';
  area.style.top = '0';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  if (!copied) throw new Error('not copied');
}
