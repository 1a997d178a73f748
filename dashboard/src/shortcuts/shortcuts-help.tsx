import { Keyboard } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { registry } from './registry.ts';
import { showKeys, type Shortcut } from './shortcut.ts';
import { useShortcuts } from './use-shortcuts.ts';
import './shortcuts.css';

/** A button, and the key `?`, that show every key there is. A page has one. */
export function ShortcutsHelp(): ReactNode {
  const [shown, setShown] = useState(false);
  useShortcuts([{ keys: ['?'], label: 'These keys', group: 'Help', run: () => setShown(true) }]);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        title="Keys (?)"
        aria-label="Keys"
        aria-haspopup="dialog"
        onClick={() => setShown(true)}
      >
        <Keyboard size={16} aria-hidden />
      </button>
      {shown && <HelpDialog onClose={() => setShown(false)} />}
    </>
  );
}

function HelpDialog({ onClose }: { onClose: () => void }): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const all = useSyncExternalStore(registry.listen, registry.all);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="shortcuts-help"
      aria-label="Keys"
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.key === '?') dialog.current?.close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className="shortcuts-inside">
        <header>
          <h1>Keys</h1>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </header>
        <div className="shortcuts-groups">
          {groups(all).map(([group, shortcuts]) => (
            <section key={group}>
              <h2>{group}</h2>
              <dl>
                {shortcuts.map((shortcut) => (
                  <Row key={shortcut.keys.join(' ') + shortcut.label} shortcut={shortcut} />
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </dialog>
  );
}

function Row({ shortcut: { keys, label } }: { shortcut: Shortcut }): ReactNode {
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return (
    <div className="shortcuts-row">
      <dt>{label}</dt>
      <dd>
        {keys.map((one) => (
          <span key={one} className="shortcuts-keys">
            {showKeys(one, isMac).map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </span>
        ))}
      </dd>
    </div>
  );
}

function groups(all: readonly Shortcut[]): [string, Shortcut[]][] {
  const byGroup = new Map<string, Shortcut[]>();
  for (const shortcut of all)
    byGroup.set(shortcut.group, [...(byGroup.get(shortcut.group) ?? []), shortcut]);
  return [...byGroup];
}
