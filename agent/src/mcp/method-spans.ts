import type { SpanType } from '@spantail/protocol';
import { mapOf, type JsonRpcRequest, type JsonRpcResponse } from './json-rpc.ts';

/** How a request is shown. */
export interface MethodSpan {
  name: string;
  type: SpanType;
  input?: unknown;
  attributes: Record<string, unknown>;
}

type Params = JsonRpcRequest['params'];

/**
 * Requests that are steps of a run. The others (`initialize`, `ping`, lists, subscriptions) are how
 * the two ends come to terms, and would only hide these.
 */
const METHODS: Record<string, (params: Params) => Omit<MethodSpan, 'attributes'> & Attributes> = {
  'tools/call': ({ name, arguments: input }) => ({
    name: textOf(name, 'tools/call'),
    type: 'tool',
    input,
    attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name },
  }),
  'resources/read': ({ uri }) => ({
    name: `resources/read ${textOf(uri, '')}`.trim(),
    type: 'step',
    input: { uri },
    attributes: { 'mcp.resource.uri': uri },
  }),
  'prompts/get': ({ name, arguments: input }) => ({
    name: `prompts/get ${textOf(name, '')}`.trim(),
    type: 'step',
    input,
    attributes: { 'gen_ai.prompt.name': name },
  }),
  'sampling/createMessage': ({ messages }) => ({
    name: 'sampling/createMessage',
    type: 'step',
    input: messages,
  }),
  'elicitation/create': ({ message }) => ({
    name: 'elicitation/create',
    type: 'step',
    input: message,
  }),
};

interface Attributes {
  attributes?: Record<string, unknown>;
}

/** How a request is shown; `undefined`: not at all. */
export function spanOf(
  { id, method, params }: JsonRpcRequest,
  sessionId: unknown,
): MethodSpan | undefined {
  if (!Object.hasOwn(METHODS, method)) return undefined;
  const shown = METHODS[method]?.(params);
  if (shown === undefined) return undefined;
  return {
    ...shown,
    attributes: {
      'mcp.method.name': method,
      'jsonrpc.request.id': String(id),
      ...(typeof sessionId === 'string' ? { 'mcp.session.id': sessionId } : {}),
      ...shown.attributes,
    },
  };
}

/** What came of a request. A tool that failed says so in its result. */
export function outcomeOf(response: JsonRpcResponse): { output?: unknown; error?: Error } {
  if ('error' in response) return { error: new McpFailure('McpError', response.error.message) };
  const output = outputOf(response.result);
  if (response.result['isError'] !== true) return { output };
  return {
    output,
    error: new McpFailure('tool_error', typeof output === 'string' ? output : 'the tool failed'),
  };
}

function outputOf(result: Readonly<Record<string, unknown>>): unknown {
  const { _meta: _ignored, isError: _known, structuredContent, content, ...rest } = result;
  if (structuredContent !== undefined) return structuredContent;
  if (content === undefined) {
    const values = Object.values(rest);
    return values.length === 1 ? values[0] : rest;
  }
  if (!Array.isArray(content)) return content;
  // Nearly every tool answers with one text.
  const [{ type, text }, ...others] = [mapOf(content[0]), ...content.slice(1)];
  return type === 'text' && others.length === 0 ? text : content;
}

/** A failure that the other side told of: where it was made into an error says nothing. */
export class McpFailure extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
    delete this.stack;
  }
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
