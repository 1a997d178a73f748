import type { LanguageFn } from 'highlight.js';
import core from 'highlight.js/lib/core';

/** Each language is fetched when the first text in it is shown. */
const LANGUAGES: Record<string, () => Promise<{ default: LanguageFn }>> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  python: () => import('highlight.js/lib/languages/python'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

/** A piece of code: a text, or pieces that are a keyword, a string, … */
export type CodeToken = string | { scope: string | undefined; children: CodeToken[] };

/** @param language one of `languageNamed` */
export async function highlight(code: string, language: string): Promise<CodeToken[]> {
  const load = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
  if (load === undefined) return [code];
  if (core.getLanguage(language) === undefined)
    core.registerLanguage(language, (await load()).default);
  return tokensOf(core.highlight(code, { language, ignoreIllegals: true })._emitter);
}

interface Node {
  scope?: unknown;
  children?: unknown;
}

/** The highlighter's own tree: its HTML is never used. */
function tokensOf(emitter: unknown): CodeToken[] {
  const { rootNode } = emitter as { rootNode: Node };
  return childrenOf(rootNode);
}

function childrenOf({ children }: Node): CodeToken[] {
  if (!Array.isArray(children)) return [];
  return children.map((child: unknown) => {
    if (typeof child === 'string') return child;
    const node = child as Node;
    return {
      scope: typeof node.scope === 'string' ? node.scope : undefined,
      children: childrenOf(node),
    };
  });
}
