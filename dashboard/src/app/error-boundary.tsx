import { Component, type ReactNode } from 'react';

interface State {
  error: Error | undefined;
}

/** A fault in one page leaves the rest of the dashboard, and says what it was. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <section className="pad" role="alert">
        <h1>This page failed</h1>
        <p className="mono">{error.message}</p>
        <button type="button" onClick={() => this.setState({ error: undefined })}>
          Try again
        </button>
      </section>
    );
  }
}
