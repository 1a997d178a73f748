import type { ReactNode } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { ErrorBoundary } from '../page/error-boundary.tsx';
import { lazyPart } from '../page/lazy-part.tsx';
import { RunsPage } from '../runs/runs-page.tsx';
import { ShortcutsHelp } from '../shortcuts/shortcuts-help.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** Pages that are not the first one load when they are gone to. */
const RunPage = lazyPart('The run', async () => (await import('../run/run-page.tsx')).default);
const BoardPage = lazyPart(
  'The board',
  async () => (await import('../board/board-page.tsx')).default,
);
const ComparePage = lazyPart(
  'The comparison',
  async () => (await import('../compare/compare-page.tsx')).default,
);

export function App(): ReactNode {
  const [path] = useLocation();
  return (
    <div className="app">
      <header className="app-bar">
        <Link href="/" className="app-name">
          <img src="/icon.svg" alt="" width="20" height="20" />
          Spantail
        </Link>
        <nav aria-label="Pages">
          <Link href="/">Runs</Link>
          <Link href="/board">Board</Link>
        </nav>
        <span className="grow" />
        <ShortcutsHelp />
        <ThemeSwitch />
      </header>
      <ConnectionBanner />
      <main className="app-main">
        <ErrorBoundary what="This page" of={path}>
          <Switch>
            <Route path="/">
              <RunsPage />
            </Route>
            <Route path="/runs/:traceId">
              {({ traceId }) => <RunPage key={traceId} traceId={traceId} />}
            </Route>
            <Route path="/board">
              <BoardPage />
            </Route>
            <Route path="/compare/:left/:right">
              {({ left, right }) => <ComparePage left={left} right={right} />}
            </Route>
            <Route>
              <p className="quiet pad">
                There is no page here. <Link href="/">All runs</Link>
              </p>
            </Route>
          </Switch>
        </ErrorBoundary>
      </main>
    </div>
  );
}
