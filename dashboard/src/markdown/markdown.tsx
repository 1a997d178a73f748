import { Component, memo, useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { ImageView } from '../payload/image-view.tsx';
import { isAbsurd } from '../payload/looks-like-markdown.ts';
import { TextView } from '../payload/text-view.tsx';
import { markdownBlocks } from './blocks.ts';
import { affordable } from './cost.ts';
import CodeBlock from './code-block.tsx';
import { safeLink } from './safe-url.ts';
import { settle } from './settle.ts';
import './markdown.css';

/** Read in one piece up to here; beyond it in blocks, of which the first are shown at first. */
const WHOLE_CHARACTERS = 16_000;
const FIRST_BLOCKS = 60;
/** One paragraph or table so long is shown as text: it would be read at one go. */
const MOST_BLOCK_CHARACTERS = 30_000;

/** Markdown of an agent: no HTML of its own (it is shown as text), no picture that must be fetched. */
export default function Markdown({
  text,
  streaming = false,
}: {
  text: string;
  streaming?: boolean;
}): ReactNode {
  // While an answer comes fast, the page may leave some of its states out.
  const deferred = useDeferredValue(text);
  const blocks = useMemo(() => {
    if (isAbsurd(deferred)) return undefined;
    const isWhole = !streaming && deferred.length <= WHOLE_CHARACTERS && affordable([deferred])[0];
    return isWhole === true ? [deferred] : markdownBlocks(deferred);
  }, [deferred, streaming]);
  const [shown, setShown] = useState(FIRST_BLOCKS);
  if (blocks === undefined) return <TextView text={deferred} streaming={streaming} />;
  const first = streaming ? Math.max(0, blocks.length - shown) : 0;
  const visible = blocks.slice(first, first + shown);
  const read = affordable(visible);
  const more = blocks.length > shown && (
    <p className="text-more">
      <button type="button" onClick={() => setShown(shown + 500)}>
        Show more
      </button>
      <span className="quiet">{blocks.length - shown} paragraphs more</span>
    </p>
  );
  return (
    <div className="markdown" dir="auto">
      {streaming && more}
      {visible.map((block, index) => {
        const at = first + index;
        const isGrowing = streaming && at === blocks.length - 1;
        if (read[index] !== true || block.length > MOST_BLOCK_CHARACTERS)
          return <TextView key={at} text={block} streaming={isGrowing} />;
        return <Block key={at} text={isGrowing ? settle(block) : block} streaming={isGrowing} />;
      })}
      {!streaming && more}
    </div>
  );
}

/** Read again only when its own text changes. */
const Block = memo(function Block({
  text,
  streaming,
}: {
  text: string;
  streaming: boolean;
}): ReactNode {
  return (
    <Unreadable text={text}>
      <ReactMarkdown
        remarkPlugins={PLUGINS}
        components={streaming ? STREAMING : SETTLED}
        urlTransform={asItIs}
      >
        {text}
      </ReactMarkdown>
    </Unreadable>
  );
});

const PLUGINS = [remarkGfm];

/** The elements below check addresses themselves. */
function asItIs(url: string): string {
  return url;
}

function componentsFor(streaming: boolean): Components {
  return {
    a: ({ href, children }) => {
      const url = safeLink(href);
      // What is written may not be where it leads: the address is in the title.
      return url === undefined ? (
        <span className="link-refused" title="Not a link to a page">
          {children}
        </span>
      ) : (
        <a href={url} title={url} target="_blank" rel="noopener noreferrer">
          {children}
        </a>
      );
    },
    img: ({ src, alt }) => <ImageView url={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
    input: ({ checked }) => (
      <input
        type="checkbox"
        aria-label={checked === true ? 'Done' : 'Not done'}
        checked={checked === true}
        disabled
        readOnly
      />
    ),
    table: ({ children }) => (
      <div className="markdown-table">
        <table>{children}</table>
      </div>
    ),
    pre: ({ children }) => <>{children}</>,
    code: ({ className, children }) => {
      const text = textOf(children);
      if (className === undefined && !text.includes('\n')) return <code>{text}</code>;
      return (
        <CodeBlock
          code={text.replace(/\n$/, '')}
          language={/language-(\S+)/.exec(className ?? '')?.[1]}
          streaming={streaming}
        />
      );
    },
  };
}

const SETTLED = componentsFor(false);
const STREAMING = componentsFor(true);

function textOf(children: ReactNode): string {
  if (typeof children === 'string') return children;
  return Array.isArray(children) ? children.map(textOf).join('') : '';
}

/** A text no parser comes through is still a text. */
class Unreadable extends Component<{ text: string; children: ReactNode }, { failed?: string }> {
  override state: { failed?: string } = {};

  static getDerivedStateFromError(): { failed: string } {
    return { failed: 'yes' };
  }

  override render(): ReactNode {
    const { text, children } = this.props;
    return this.state.failed === undefined ? children : <TextView text={text} />;
  }
}
