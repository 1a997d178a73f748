import {
  fieldEntry,
  fieldsOf,
  isQueryField,
  type QueryField,
  type QuerySubject,
} from './fields.ts';
import type { CompareOperator, Filter } from './filter.ts';
import { readMoment } from './moment.ts';
import { readCount, readDuration, readMoney, readNumber } from './quantity.ts';
import type { Fail, Scanned } from './scan.ts';
import { closestName } from './suggest.ts';

export interface ConditionContext {
  subject: QuerySubject;
  /** What `-1h` is counted from. */
  nowUs: number;
  fail: Fail;
}

export interface Operator {
  operator: CompareOperator;
  start: number;
}

/** Bounds of a numeric value: one number, or from one to another, `to` not included. */
interface Interval {
  from: number;
  to?: number;
}

/** The field of this name, when rows of this kind have it. */
export function requireField({ text, start }: Scanned, context: ConditionContext): QueryField {
  const { subject, fail } = context;
  const names = fieldsOf(subject);
  if (!isQueryField(text)) {
    const near = closestName(text, names);
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean "${near}"?`;
    return fail(`there is no field "${text}" (to search for it as text, quote it); ${hint}`, start);
  }
  if (!fieldEntry(text).of.includes(subject))
    return fail(`"${text}" is no field of ${subject}s; there are ${names.join(', ')}`, start);
  return text;
}

/** What `field:operator value` asks for. */
export function fieldCondition(
  field: QueryField,
  operator: Operator,
  value: Scanned,
  context: ConditionContext,
): Filter {
  const { subject, fail } = context;
  requireValue(value, `${field}:`, fail);
  const { kind, choices } = fieldEntry(field);
  if (kind === 'text') {
    requireEquality(operator, field, 'text', fail);
    return { kind: 'field', field, ...textOf(operator, value) };
  }
  if (kind === 'choice') {
    requireEquality(operator, field, 'one of a list', fail);
    const allowed = choices?.[subject] ?? [];
    const chosen = allowed.find((choice) => choice === value.text.toLowerCase());
    if (chosen !== undefined)
      return { kind: 'field', field, operator: operator.operator, value: chosen };
    return fail(`"${field}" is one of ${allowed.join(', ')}, not "${shown(value)}"`, value.start);
  }
  const read = (text: string): Interval | undefined => READERS[kind](text, context.nowUs);
  return compareNumber(
    (operator, value) => ({ kind: 'field', field, operator, value }),
    operator,
    value,
    read,
    () => fail(`"${field}" is ${EXPECTED[kind]}, not "${shown(value)}"`, value.start),
    fail,
  );
}

/** What `@key:operator value` asks for. Unquoted, a number is a number. */
export function attributeCondition(
  { text: key, start }: Scanned,
  operator: Operator,
  value: Scanned,
  { subject, fail }: ConditionContext,
): Filter {
  if (subject !== 'span') return fail('only spans have attributes', start);
  requireValue(value, `@${key}:`, fail);
  const read = (text: string): Interval | undefined => intervalOf(readNumber(text));
  const ends = value.quoted ? undefined : rangeOf(value.text);
  const isNumber = ends?.every((end) => end === '' || read(end) !== undefined) === true;
  if (!isNumber && (value.quoted || read(value.text) === undefined)) {
    requireEquality(operator, `@${key}`, 'compared with a text', fail);
    return { kind: 'attribute', key, ...textOf(operator, value) };
  }
  return compareNumber(
    (operator, value) => ({ kind: 'attribute', key, operator, value }),
    operator,
    value,
    read,
    () => fail(`"${shown(value)}" is not a number`, value.start),
    fail,
  );
}

function textOf({ operator }: Operator, { text, pattern }: Scanned) {
  return { operator, value: text, ...(pattern ? { pattern: true as const } : {}) };
}

type MakeLeaf = (operator: CompareOperator, value: number) => Filter;

/** One comparison, or the two ends of `a..b` or of a day. */
function compareNumber(
  make: MakeLeaf,
  { operator, start }: Operator,
  value: Scanned,
  read: (text: string) => Interval | undefined,
  refuse: () => never,
  fail: Fail,
): Filter {
  const ends = rangeOf(value.text);
  if (ends !== undefined) {
    if (operator !== '=' && operator !== '!=')
      return fail('a range stands alone: a..b, a.. or ..b', start);
    const [low, high] = ends.map((end) => (end === '' ? undefined : (read(end) ?? refuse())));
    const parts: Filter[] = [];
    if (low !== undefined) parts.push(make('>=', low.from));
    if (high !== undefined) parts.push(atMost(make, high));
    return negateIf(operator === '!=', allOf(parts));
  }
  const { from, to } = read(value.text) ?? refuse();
  if (to === undefined) return make(operator, from);
  switch (operator) {
    case '>':
      return make('>=', to);
    case '<=':
      return make('<', to);
    case '=':
    case '!=':
      return negateIf(operator === '!=', allOf([make('>=', from), make('<', to)]));
    default:
      return make(operator, from);
  }
}

function atMost(make: MakeLeaf, { from, to }: Interval): Filter {
  return to === undefined ? make('<=', from) : make('<', to);
}

function allOf(parts: Filter[]): Filter {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'and', of: parts };
}

function negateIf(negated: boolean, filter: Filter): Filter {
  return negated ? { kind: 'not', of: filter } : filter;
}

/** The ends of `a..b`, either of which may be empty, not both. */
function rangeOf(text: string): [low: string, high: string] | undefined {
  const [, low, high] = /^(.*?)\.\.(.*)$/s.exec(text) ?? [];
  return low === undefined || high === undefined || low + high === '' ? undefined : [low, high];
}

type NumberKind = 'count' | 'duration' | 'money' | 'time';

const READERS: Record<NumberKind, (text: string, nowUs: number) => Interval | undefined> = {
  count: (text) => intervalOf(readCount(text)),
  duration: (text) => intervalOf(readDuration(text)),
  money: (text) => intervalOf(readMoney(text)),
  time(text, nowUs) {
    const moment = readMoment(text, nowUs);
    if (moment === undefined) return undefined;
    const { fromUs, toUs } = moment;
    return toUs === undefined ? { from: fromUs } : { from: fromUs, to: toUs };
  },
};

const EXPECTED: Record<NumberKind, string> = {
  count: 'a whole number such as 812, 25k or 1.5M',
  duration: 'a duration with its unit, such as 150ms, 2s, 1m30s or 1h',
  money: 'an amount of US dollars such as 0.05',
  time: 'a time such as 2026-01-31, 2026-01-31T08:30Z or -1h (an hour ago)',
};

function intervalOf(value: number | undefined): Interval | undefined {
  return value === undefined ? undefined : { from: value };
}

function requireValue({ text, quoted, start }: Scanned, what: string, fail: Fail): void {
  if (text === '' && !quoted) fail(`a value must follow "${what}" directly`, start);
}

function requireEquality(
  { operator, start }: Operator,
  name: string,
  what: string,
  fail: Fail,
): void {
  if (operator !== '=' && operator !== '!=')
    fail(`"${name}" is ${what}: it takes no "${operator}", only a value or !=value`, start);
}

function shown({ text }: Scanned): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
