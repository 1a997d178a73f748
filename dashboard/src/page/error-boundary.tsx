import { Component, type ReactNode } from 'react';

interface Props {
  /** What fails, as its user calls it. */
  what: string;
  /** With another one, it is another thing that is shown, and it gets its chance. */
  of: unknown;
  children: ReactNode;
}

interface State {
  error: Error | undefined;
}

/** A fault in one part leaves the rest of the page, and says what it was. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate({ of }: Props): void {
    if (of !== this.props.of && this.state.error !== undefined) this.#again();
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <section className="part-failed" role="alert">
        <h2>{this.props.what} failed</h2>
        <p className="mono quiet">{error.message}</p>
        <p className="part-failed-tools">
          <button type="button" onClick={() => this.#again()}>
            Try again
          </button>
          <button type="button" onClick={() => window.location.reload()}>
            Load the page again
          </button>
        </p>
      </section>
    );
  }

  #again(): void {
    this.setState({ error: undefined });
  }
}
