import type { Attributes } from '../event/event.ts';
import { ENTITIES } from './names/monocle.ts';

/** Entities of a span; more are nobody's. */
const MAX_ENTITIES = 8;

/** Writes what Monocle's entities mean, where nothing else said it. */
export function addEntities(from: Readonly<Attributes>, into: Attributes): void {
  const type = from['span.type'];
  if (typeof type !== 'string') return;
  const rule = ENTITIES.find(({ types }) =>
    types.some((one) => (one.endsWith('.') ? type.startsWith(one) : type === one)),
  );
  if (rule === undefined) return;
  set(into, 'gen_ai.operation.name', rule.operation);
  for (const { entity, field, rest, name } of rule.fields)
    for (let n = 1; n <= MAX_ENTITIES; n++) {
      const entityType = from[`entity.${n}.type`];
      if (typeof entityType !== 'string' || !entityType.startsWith(entity)) continue;
      const value = from[`entity.${n}.${field}`];
      set(into, name, rest === true ? entityType.slice(entity.length) : value);
      break;
    }
}

function set(into: Attributes, name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && !Object.hasOwn(into, name)) into[name] = value;
}
