import { lazy, Suspense, type ReactNode } from 'react';
import { Link, Route, Switch } from 'wouter';
import { RunsPage } from '../runs/runs-page.tsx';
import { ShortcutsHelp } from '../shortcuts/shortcuts-help.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** Pages that are not the first one load when they are gone to. */
const RunPage = lazy(() => import('../run/run-page.tsx'));
const BoardPage = lazy(() => import('../board/board-page.tsx'));
const ComparePage = lazy(() => import('../compare/compare-page.tsx'));

export function App(): ReactNode {
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
        <ErrorBoundary>
          <Suspense fallback={<p className="quiet pad">Loading…</p>}>
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
          </Suspense>
        </ErrorBoundary>
      </main>
    </div>
  );
}
