import type { WatchedSpan } from '@spantail/client';
import type { AttributeValue as AttributeValueOf, SpanLog } from '@spantail/protocol';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { formatDuration } from '../format/quantities.ts';
import { CopyButton } from '../payload/copy-button.tsx';
import { JsonView } from '../payload/json-view.tsx';
import { PlainValue } from '../payload/plain-value.tsx';
import { TextView } from '../payload/text-view.tsx';
import { visibleName } from '../payload/visible-text.ts';
import { writeJson } from '../payload/write-json.ts';
import type { Selection } from '../run/run-source.ts';

/** Rows put on the page at once. */
const PAGE_ROWS = 200;
/** A message may be all a command wrote; the input below it matters as much. */
const FIRST_ERROR_CHARACTERS = 1_200;

export function ErrorSection({
  error,
  isLost,
}: {
  error: NonNullable<WatchedSpan['error']>;
  /** Nobody knows what became of it: not the same as to have failed. */
  isLost: boolean;
}): ReactNode {
  return (
    <section className="detail-error" aria-label="Error" data-lost={isLost}>
      <div className="detail-error-head">
        <h3>{visibleName(error.type)}</h3>
        <CopyButton
          text={[`${error.type}: ${error.message}`, error.stack ?? ''].join('\n').trim()}
          label="error"
        />
      </div>
      <TextView text={error.message} firstCharacters={FIRST_ERROR_CHARACTERS} code />
      {error.stack !== undefined && (
        <details>
          <summary>Stack</summary>
          <TextView text={error.stack} code />
        </details>
      )}
    </section>
  );
}

export function AttributesSection({ span }: { span: WatchedSpan }): ReactNode {
  const entries = Object.entries(span.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <Rows items={entries} empty="It has no attributes">
      {([key, value]) => (
        <div key={key} className={`detail-attribute${isShort(value) ? ' is-short' : ''}`}>
          <div className="detail-key mono">{visibleName(key)}</div>
          {isShort(value) && <AttributeValue name={key} value={value} />}
          <CopyButton
            text={() => (typeof value === 'string' ? value : writeJson(value))}
            label={`value of ${visibleName(key, 60)}`}
          />
          {!isShort(value) && <AttributeValue name={key} value={value} />}
        </div>
      )}
    </Rows>
  );
}

/** Beside its name rather than below it. */
function isShort(value: unknown): boolean {
  if (typeof value === 'object') return value === null;
  return typeof value !== 'string' || (value.length <= 80 && !value.includes('\n'));
}

function AttributeValue({ name, value }: { name: string; value: AttributeValueOf }): ReactNode {
  return (
    <div className="detail-value">
      {typeof value === 'object' && value !== null ? (
        <JsonView value={value} label={visibleName(name)} />
      ) : isShort(value) ? (
        <TextView text={String(value)} />
      ) : (
        <PlainValue value={value} />
      )}
    </div>
  );
}

export function LogsSection({ span }: { span: WatchedSpan }): ReactNode {
  return (
    <Rows items={span.logs} empty="It has written no logs">
      {(log, index) => <LogRow key={index} log={log} startUs={span.startUs} />}
    </Rows>
  );
}

function LogRow({ log, startUs }: { log: SpanLog; startUs: number | undefined }): ReactNode {
  const { timeUs, message, level = 'info', attributes } = log;
  const at = startUs === undefined ? undefined : timeUs - startUs;
  return (
    <div className="detail-log" data-level={level}>
      <span className="detail-log-time mono">
        {at === undefined ? '' : `${at < 0 ? '−' : '+'}${formatDuration(Math.abs(at))}`}
      </span>
      <span className="detail-log-level">{level}</span>
      <div>
        <TextView text={message} />
        {attributes !== undefined && Object.keys(attributes).length > 0 && (
          <JsonView value={attributes} label="Attributes of the log" />
        )}
      </div>
    </div>
  );
}

export function LinksSection({
  span,
  traceId,
  selection,
}: {
  span: WatchedSpan;
  traceId: string;
  selection: Selection;
}): ReactNode {
  return (
    <Rows items={span.links} empty="It has no links">
      {(link, index) => (
        <div key={index} className="detail-attribute">
          <div className="detail-key mono">
            {link.traceId === traceId ? (
              <button type="button" onClick={() => selection.select(link.spanId)}>
                Span {link.spanId}
              </button>
            ) : (
              <Link
                href={`/runs/${encodeURIComponent(link.traceId)}?span=${encodeURIComponent(link.spanId)}`}
              >
                Run {link.traceId}, span {link.spanId}
              </Link>
            )}
            <CopyButton text={`${link.traceId} ${link.spanId}`} label="ids of the link" />
          </div>
          {link.attributes !== undefined && (
            <div className="detail-value">
              <JsonView value={link.attributes} label="Attributes of the link" />
            </div>
          )}
        </div>
      )}
    </Rows>
  );
}

/** A list of any length: a page of it first. */
export function Rows<T>({
  items,
  empty,
  children,
}: {
  items: readonly T[];
  empty: string;
  children: (item: T, index: number) => ReactNode;
}): ReactNode {
  const [shown, setShown] = useState(PAGE_ROWS);
  if (items.length === 0) return <p className="quiet payload-empty">{empty}</p>;
  return (
    <div className="detail-rows">
      {items.slice(0, shown).map(children)}
      {items.length > shown && (
        <p className="text-more">
          <button type="button" onClick={() => setShown(shown + 1_000)}>
            Show more
          </button>
          <span className="quiet">{(items.length - shown).toLocaleString()} more</span>
        </p>
      )}
    </div>
  );
}
