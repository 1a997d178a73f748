import { QueryError, closestName } from '@spantail/protocol';
import type { FastifySchemaCompiler } from 'fastify';

/** What a route's schema says of one parameter; OpenAPI's words. */
export interface ParameterSchema {
  type: 'string' | 'integer';
  description: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  default?: string | number;
}

export interface QuerySchema {
  type: 'object';
  properties: Readonly<Record<string, ParameterSchema>>;
  /** `@key` and `attr.key` are parameters, too. */
  'x-attributes'?: boolean;
}

/** Parameters as they came in, each once, all of them known. */
export type Parameters = Readonly<Record<string, string>>;

/** A route with its schema: what its parameters are checked by, and what the document says of it. */
export function described<Schema extends object>(schema: Schema) {
  return {
    schema,
    validatorCompiler: checkParameters,
    // Answers are made by hand.
    serializerCompiler: () => (value: unknown) => JSON.stringify(value),
  };
}

/**
 * Checks a route's parameters against its schema. Fastify's own checker would leave out what it does
 * not know, take a repeated one for a list, and say neither what is wrong nor how to put it right.
 */
const checkParameters: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  if (httpPart !== 'querystring') return (value: unknown) => ({ value });
  return (data: unknown) => {
    try {
      return { value: checked(data as Record<string, unknown>, schema as QuerySchema) };
    } catch (error) {
      return { error: error as Error };
    }
  };
};

function checked(data: Record<string, unknown>, schema: QuerySchema): Parameters {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(data)) {
    const known = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const isAttribute = schema['x-attributes'] === true && /^(@|attr\.)./s.test(name);
    if (known === undefined && !isAttribute) throw unknownParameter(name, schema);
    if (typeof value !== 'string') throw new QueryError(shown(name), 'give this parameter once');
    if (known !== undefined) checkOne(name, value, known);
    parameters[name] = value;
  }
  return parameters;
}

function checkOne(name: string, value: string, schema: ParameterSchema): void {
  const { type, enum: allowed, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
  if (allowed !== undefined && !allowed.includes(value))
    throw new QueryError(name, `it is one of ${allowed.join(', ')}, not "${shown(value)}"`);
  if (type !== 'integer') return;
  const number = Number(value);
  if (!/^\d{1,15}$/.test(value) || number < minimum || number > maximum)
    throw new QueryError(
      name,
      `it is a whole number from ${minimum} to ${maximum}, not "${shown(value)}"`,
    );
}

function unknownParameter(name: string, { properties }: QuerySchema): QueryError {
  const names = Object.keys(properties);
  const near = closestName(name, names);
  const hint =
    near === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
  return new QueryError(shown(name), `there is no such parameter here; ${hint}`);
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
