import type { Attributes } from '../event/event.ts';
import { FLAT_ATTRIBUTES, WRAPPERS } from './names/contents.ts';
import { fromText, toPlain } from './plain.ts';
import { RULES, type ContentRule } from './rules.ts';

/** A list that came as one attribute for each field of each element. */
export interface FlatList {
  /** What it is, or the attribute that it becomes. */
  rule?: ContentRule;
  name?: string;
  root: Branch;
  /** The attributes, for when they are kept as they came. */
  parts: Attributes;
  taken: boolean;
}

type Branch = Map<string, Branch | Leaf>;
interface Leaf {
  value: unknown;
}

interface Prefix {
  prefix: string;
  rule?: ContentRule;
  name?: string;
}

/** Longer paths are nobody's list. */
const MAX_SEGMENTS = 32;
/** Digits of an index. */
const MAX_DIGITS = 6;

const PREFIXES: ReadonlyMap<number, Prefix[]> = /* @__PURE__ */ byFirstCharacter();
const SKIPPED: ReadonlySet<string> = /* @__PURE__ */ new Set(WRAPPERS);

function byFirstCharacter(): Map<number, Prefix[]> {
  const all: Prefix[] = [
    ...[...RULES.lists].map(([key, rule]) => ({ prefix: `${key}.`, rule })),
    ...FLAT_ATTRIBUTES.map(([, key, name]) => ({ prefix: `${key}.`, name })),
  ];
  const byCode = new Map<number, Prefix[]>();
  for (const entry of all) {
    const code = entry.prefix.charCodeAt(0);
    byCode.set(code, [...(byCode.get(code) ?? []), entry]);
  }
  return byCode;
}

/** The lists of one span. */
export class FlatLists {
  readonly #lists = new Map<Prefix, FlatList>();

  /** Whether the attribute is part of a list, and now of this. */
  take(key: string, value: unknown): boolean {
    const candidates = PREFIXES.get(key.charCodeAt(0));
    if (candidates === undefined) return false;
    for (const candidate of candidates)
      if (key.startsWith(candidate.prefix)) return this.#add(candidate, key, value);
    return false;
  }

  [Symbol.iterator](): Iterator<FlatList> {
    return this.#lists.values();
  }

  #add(of: Prefix, key: string, value: unknown): boolean {
    const path = key.slice(of.prefix.length).split('.');
    if (path.length > MAX_SEGMENTS || !isIndex(path[0])) return false;
    const plain = toPlain(value);
    if (plain === undefined) return false;
    const list: FlatList = this.#lists.get(of) ?? {
      ...of,
      root: new Map(),
      parts: {},
      taken: false,
    };
    if (!insert(list.root, path, typeof plain === 'string' ? fromText(plain) : plain)) return false;
    list.parts[key] = plain;
    this.#lists.set(of, list);
    return true;
  }
}

function insert(root: Branch, path: string[], value: unknown): boolean {
  let branch = root;
  const last = path.length - 1;
  for (let i = 0; i < last; i++) {
    const segment = path[i] ?? '';
    if (i > 0 && SKIPPED.has(segment) && isIndex(path[i - 1])) continue;
    const next = branch.get(segment);
    if (next instanceof Map) branch = next;
    else if (next === undefined) {
      const inner: Branch = new Map();
      branch.set(segment, inner);
      branch = inner;
    } else return false;
  }
  const segment = path[last] ?? '';
  if (branch.has(segment)) return false;
  branch.set(segment, { value });
  return true;
}

/** The list as a value, its elements in the order of their indexes, without holes. */
export function buildList(list: FlatList): unknown {
  return build(list.root);
}

function build(node: Branch | Leaf): unknown {
  if (!(node instanceof Map)) return node.value;
  const entries = [...node];
  if (entries.every(([segment]) => isIndex(segment)))
    return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, item]) => build(item));
  const value: Record<string, unknown> = {};
  for (const [segment, item] of entries) if (segment !== '__proto__') value[segment] = build(item);
  return value;
}

function isIndex(segment: string | undefined): boolean {
  if (segment === undefined || segment === '' || segment.length > MAX_DIGITS) return false;
  for (let i = 0; i < segment.length; i++) {
    const code = segment.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
