import { parseArgs } from 'node:util';
import { createQuery, type QueryClient } from '@spantail/client/query';
import { fieldsOf, isTraceId, type QuerySubject } from '@spantail/protocol';
import { gatewayUrl } from '../gateway-url.ts';
import { UsageError } from '../usage-error.ts';

type OptionTypes = Readonly<Record<string, { type: 'string' | 'boolean'; short?: string }>>;
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Options of every command that asks the record. */
export const COMMON = { url: { type: 'string' }, json: { type: 'boolean' } } as const;

/** `-q`, and an option for each field of the rows. */
export function filterOptions(subject: QuerySubject): OptionTypes {
  const fields = fieldsOf(subject).map((field) => [field, { type: 'string' }] as const);
  return { ...Object.fromEntries(fields), query: { type: 'string', short: 'q' } };
}

/** The filter's parameters among an invocation's options. */
export function filterOf(values: Values, subject: QuerySubject): Record<string, string> {
  const filter: Record<string, string> = {};
  for (const field of fieldsOf(subject)) {
    const value = values[field];
    if (typeof value === 'string') filter[field] = value;
  }
  if (typeof values['query'] === 'string') filter['q'] = values['query'];
  return filter;
}

/** Like Node's own parser, but a value may begin with a minus: `--sort -duration`, `--start -1h`. */
export function parse(
  args: readonly string[],
  options: OptionTypes,
): { values: Values; positionals: string[] } {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const name = nameOf(arg, options);
    const value = args[i + 1];
    if (name === undefined || options[name]?.type !== 'string' || value === undefined) {
      joined.push(arg);
      if (arg === '--') joined.push(...args.slice(i + 1));
      if (arg === '--') break;
      continue;
    }
    joined.push(`--${name}=${value}`);
    i++;
  }
  const { values, positionals } = parseArgs({
    args: joined,
    options,
    strict: true,
    allowPositionals: true,
  });
  return { values, positionals };
}

function nameOf(arg: string, options: OptionTypes): string | undefined {
  const long = /^--([^=]+)$/.exec(arg)?.[1];
  if (long !== undefined) return Object.hasOwn(options, long) ? long : undefined;
  const short = /^-(\w)$/.exec(arg)?.[1];
  return Object.keys(options).find((name) => short !== undefined && options[name]?.short === short);
}

export function queryOf(values: Values): QueryClient {
  return createQuery({ url: gatewayUrl(textOf(values, 'url')) });
}

export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Rows to print at most. */
export function limitOf(values: Values, usual: number): number {
  const text = textOf(values, 'limit');
  if (text === undefined) return usual;
  const limit = Number(text);
  if (/^\d{1,9}$/.test(text) && limit >= 1) return limit;
  throw new UsageError(`--limit is a whole number from 1 on, not "${text.slice(0, 40)}"`);
}

export function requireTraceId(given: string | undefined): string {
  if (given === undefined) throw new UsageError('say which run: a TRACE_ID');
  if (isTraceId(given)) return given;
  throw new UsageError(
    `"${String(given).slice(0, 80)}" is not a trace id: 32 lower-case hex digits`,
  );
}

export function requireNoMore(positionals: readonly string[], most: number): void {
  const extra = positionals[most];
  if (extra !== undefined) throw new UsageError(`Unexpected argument '${extra.slice(0, 80)}'`);
}
