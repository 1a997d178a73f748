import { useEffect, useState, type ReactNode } from 'react';
import { CopyButton } from '../payload/copy-button.tsx';
import { TextView } from '../payload/text-view.tsx';
import { isHighlightable } from './cost.ts';
import { highlight, type CodeToken } from './highlight.ts';
import { languageNamed } from './languages.ts';
import './code.css';

/** Code, coloured once its language is there. While it streams it stays plain, and keeps its place. */
export default function CodeBlock({
  code,
  language,
  streaming = false,
}: {
  code: string;
  language?: string | undefined;
  streaming?: boolean;
}): ReactNode {
  const known = streaming || !isHighlightable(code) ? undefined : languageNamed(language);
  const tokens = useTokens(code, known);
  return (
    <div className="code-block">
      <div className="code-bar">
        <span>{language === undefined ? 'code' : language.slice(0, 24)}</span>
        <CopyButton text={code} label="code" />
      </div>
      {tokens === undefined ? (
        <TextView text={code} streaming={streaming} code />
      ) : (
        <pre className="code-text">
          <Tokens tokens={tokens} />
        </pre>
      )}
    </div>
  );
}

function useTokens(code: string, language: string | undefined): CodeToken[] | undefined {
  const [found, setFound] = useState<{ code: string; tokens: CodeToken[] }>();
  useEffect(() => {
    if (language === undefined) return undefined;
    let left = false;
    const colour = async (): Promise<void> => {
      const tokens = await highlight(code, language);
      if (!left) setFound({ code, tokens });
    };
    // Without its language it stays the plain text that stands there already.
    colour().catch(() => {});
    return () => {
      left = true;
    };
  }, [code, language]);
  return found?.code === code && language !== undefined ? found.tokens : undefined;
}

function Tokens({ tokens }: { tokens: CodeToken[] }): ReactNode {
  return tokens.map((token, index) =>
    typeof token === 'string' ? (
      token
    ) : (
      // Tokens of one text never move.
      <span key={index} className={classOf(token.scope)}>
        <Tokens tokens={token.children} />
      </span>
    ),
  );
}

/** `title.function` → `code-title`. The scopes are the highlighter's, not the agent's. */
function classOf(scope: string | undefined): string | undefined {
  return scope === undefined ? undefined : `code-${scope.split('.')[0]}`;
}
