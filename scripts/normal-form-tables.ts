/**
 * The rows of PROTOCOL.md's tables of the normal form, from the tables that the code reads by. Run by
 * itself it prints them.
 */
import { CONTENTS, FLAT_ATTRIBUTES, SLOTS } from '../shared/src/normal/names/contents.ts';
import { FAILED, FAILURES } from '../shared/src/normal/names/failures.ts';
import { ENTITIES } from '../shared/src/normal/names/monocle.ts';
import { PROVIDERS } from '../shared/src/normal/names/providers.ts';
import { TEXTS, type Name, type Scalar } from '../shared/src/normal/names/scalars.ts';
import { SOURCES } from '../shared/src/normal/names/sources.ts';
import { NAMED_AGENT, PRESENCE, TYPES } from '../shared/src/normal/names/types.ts';
import { CACHE_WRITE, USAGE } from '../shared/src/normal/names/usage.ts';

const TAKEN = {
  head: 'before its slash',
  tail: 'behind its slash',
  provider: 'as the conventions name it',
};

const code = (text: string): string => `\`${text}\``;

export function normalFormTables(): Record<string, { head: string; rows: string[] }> {
  return {
    sources: {
      head: '| source | who writes it |',
      rows: Object.entries(SOURCES).map(([source, title]) => `| ${source} | ${title} |`),
    },
    types: {
      head: '| source | attribute | types |',
      rows: TYPES.map(
        ({ source, key, values }) => `| ${source} | ${code(key)} | ${byType(values)} |`,
      ),
    },
    scalars: {
      head: '| attribute | value | read from |',
      rows: [
        ...Object.values<Scalar>(TEXTS),
        ...Object.values<Scalar>(USAGE),
        CACHE_WRITE as Scalar,
      ].map(({ name, kind, from }) => `| ${code(name)} | ${kind} | ${bySource(from.map(place))} |`),
    },
    contents: {
      head: '| content | read from |',
      rows: SLOTS.map((slot) => {
        const from = CONTENTS[slot].map(([source, kind, key, options = {}]): [string, string] => [
          source,
          kind === 'list'
            ? code(`${key}.N.…`)
            : kind === 'event'
              ? `event ${code(key)}`
              : code(key) + (options.messages === true ? ' of messages only' : ''),
        ]);
        return `| ${slot} | ${bySource(from)} |`;
      }),
    },
    others: {
      head: '| what | read from |',
      rows: [
        ...PRESENCE.map(
          ([source, key, type]) =>
            `| type ${type}, if nothing says another | ${source}: ${code(key)} is there |`,
        ),
        `| type agent, if it would be a step | openinference: the span's name is ${code(NAMED_AGENT.at)} in ${code(NAMED_AGENT.key)} |`,
        ...PROVIDERS.map(
          ([prefix, name]) =>
            `| ${code('gen_ai.provider.name')} ${code(name)} | ai-sdk: ${code('ai.model.provider')} begins with ${code(prefix)} |`,
        ),
        ...FLAT_ATTRIBUTES.map(
          ([source, key, name]) => `| ${code(name)} | ${source}: ${code(`${key}.N.…`)} |`,
        ),
        ...Object.entries(FAILURES).map(
          ([field, from]) =>
            `| error ${field} | ${bySource(from.map(([source, key]) => [source, code(key)]))} |`,
        ),
        ...FAILED.map(
          ([source, key, value]) => `| it failed | ${source}: ${code(key)} is ${code(value)} |`,
        ),
        ...ENTITIES.map(
          ({ types, operation, fields }) =>
            `| ${code('gen_ai.operation.name')} ${code(operation)} | monocle: ${code('span.type')} ${types.map((type) => code(type.endsWith('.') ? `${type}*` : type)).join(', ')}; ${fields.map(({ entity, field, rest, name }) => `${code(name)} is ${rest === true ? 'the rest of ' : ''}${code(`entity.N.${field}`)}${entity === '' ? '' : ` of type ${code(`${entity}*`)}`}`).join(', ')} |`,
        ),
      ],
    },
  };
}

function byType(values: Readonly<Record<string, string>>): string {
  const types = new Map<string, string[]>();
  for (const [value, type] of Object.entries(values))
    types.set(type, [...(types.get(type) ?? []), code(value)]);
  return [...types].map(([type, list]) => `${type}: ${list.join(', ')}`).join('; ');
}

function place([source, key, { at, on, event, take } = {}]: Name): [string, string] {
  return [
    source,
    [
      code([key, ...(at ?? [])].join(' → ')),
      ...(event === undefined ? [] : [`in event ${code(event)}`]),
      ...(take === undefined ? [] : [TAKEN[take]]),
      ...(on === undefined ? [] : [`of ${on.join(', ')}`]),
    ].join(' '),
  ];
}

/** In the order in which they count; a source is named once for those that follow each other. */
function bySource(from: readonly (readonly [string, string])[]): string {
  const groups: { source: string; names: string[] }[] = [];
  for (const [source, name] of from) {
    const last = groups.at(-1);
    if (last?.source === source) last.names.push(name);
    else groups.push({ source, names: [name] });
  }
  return groups.map(({ source, names }) => `${source}: ${names.join(', ')}`).join('; ');
}

if (import.meta.main)
  for (const { head, rows } of Object.values(normalFormTables())) {
    const columns = head.split('|').length - 2;
    console.log([head, `|${'---|'.repeat(columns)}`, ...rows, ''].join('\n'));
  }
