/** Names and endings of the languages that are highlighted, by the highlighter's own name. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...aliases('bash', 'bash', 'sh', 'shell', 'zsh', 'console'),
  ...aliases('css', 'css', 'scss', 'less'),
  ...aliases('diff', 'diff', 'patch'),
  ...aliases('go', 'go', 'golang'),
  ...aliases('java', 'java', 'kotlin', 'kt'),
  ...aliases('javascript', 'javascript', 'js', 'jsx', 'mjs', 'cjs'),
  ...aliases('json', 'json', 'jsonc', 'jsonl', 'json5'),
  ...aliases('python', 'python', 'py', 'py3', 'pyi'),
  ...aliases('rust', 'rust', 'rs'),
  ...aliases('sql', 'sql'),
  ...aliases('typescript', 'typescript', 'ts', 'tsx', 'mts'),
  ...aliases('xml', 'xml', 'html', 'svg', 'vue'),
  ...aliases('yaml', 'yaml', 'yml'),
]);

function aliases(language: string, ...names: string[]): [string, string][] {
  return names.map((name) => [name, language]);
}

export function languageNamed(name: string | undefined): string | undefined {
  return name === undefined ? undefined : NAMES.get(name.toLowerCase());
}

/** What a tool's argument is written in: by its own name, or by that of the file beside it. */
export function languageOfField(
  key: string,
  fields: readonly [string, unknown][],
): string | undefined {
  if (/^(?:command|cmd|bash|shell)$/i.test(key)) return 'bash';
  if (/^(?:sql|query)$/i.test(key))
    return isSql(fields.find(([name]) => name === key)?.[1]) ? 'sql' : undefined;
  if (!/^(?:code|content|contents|source|old_str(?:ing)?|new_str(?:ing)?|file_text)$/i.test(key))
    return undefined;
  const path = fields.find(([name]) => /^(?:file_?)?(?:path|name)$/i.test(name))?.[1];
  if (typeof path !== 'string') return key === 'code' ? 'python' : undefined;
  return languageNamed(/\.([a-z\d]+)$/i.exec(path)?.[1]);
}

function isSql(value: unknown): boolean {
  return (
    typeof value === 'string' && /^\s*(?:select|insert|update|delete|with|create)\s/i.test(value)
  );
}
