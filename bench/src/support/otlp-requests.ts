import { randomBytes } from 'node:crypto';
import { TraceRequest } from './otlp-proto.ts';

/** One OTLP request, in both of its encodings. */
export interface OtlpRequestBodies {
  protobuf: Buffer;
  json: Buffer;
  spans: number;
}

interface PlainAttribute {
  key: string;
  value: { stringValue: string } | { intValue: number } | { arrayValue: object };
}

/**
 * A request of a busy agent: spans of eight to a trace (an agent, its model and tool calls), with 7 to
 * 16 attributes; every second has message contents. About 1 kB a span in protobuf.
 */
export function makeOtlpRequest(spans: number): OtlpRequestBodies {
  const list: object[] = [];
  let traceId = '';
  let rootId = '';
  for (let i = 0; i < spans; i++) {
    const isRoot = i % 8 === 0;
    if (isRoot) traceId = randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    if (isRoot) rootId = spanId;
    const startNanos = BigInt(Date.now()) * 1_000_000n + BigInt(i * 1_000);
    list.push({
      traceId,
      spanId,
      ...(isRoot ? {} : { parentSpanId: rootId }),
      name: isRoot ? 'invoke_agent researcher' : i % 2 === 0 ? 'execute_tool search' : 'chat gpt-5',
      kind: i % 2 === 0 ? 1 : 3,
      startTimeUnixNano: startNanos.toString(),
      endTimeUnixNano: (startNanos + 2_000_000n).toString(),
      attributes: attributesOf(i, isRoot),
      status: { code: 1 },
      flags: 0x101,
    });
  }
  const request = {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'bench'), text('host.name', 'laptop')] },
        scopeSpans: [{ scope: { name: 'bench', version: '1.0.0' }, spans: list }],
      },
    ],
  };
  return { protobuf: encode(request), json: Buffer.from(JSON.stringify(request)), spans };
}

function attributesOf(i: number, isRoot: boolean): PlainAttribute[] {
  const common = [
    text('gen_ai.agent.name', 'researcher'),
    text('gen_ai.conversation.id', `conversation-${i % 20}`),
    text('app.environment', 'production'),
    text('app.version', '2026.11.1'),
    { key: 'app.step', value: { intValue: i } },
  ];
  if (isRoot)
    return [text('gen_ai.operation.name', 'invoke_agent'), ...common, text('user.id', 'u')];
  if (i % 2 === 0)
    return [
      text('gen_ai.operation.name', 'execute_tool'),
      text('gen_ai.tool.name', 'search'),
      text('gen_ai.tool.call.id', `call_${i}`),
      ...common,
    ];
  return [
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.provider.name', 'openai'),
    text('gen_ai.request.model', 'gpt-5'),
    text('gen_ai.response.model', 'gpt-5-2026-03-01'),
    { key: 'gen_ai.usage.input_tokens', value: { intValue: 1_200 + i } },
    { key: 'gen_ai.usage.output_tokens', value: { intValue: 80 + i } },
    {
      key: 'gen_ai.response.finish_reasons',
      value: { arrayValue: { values: [{ stringValue: 'stop' }] } },
    },
    text(
      'gen_ai.input.messages',
      messages('user', `question ${i} ${'about the matter '.repeat(40)}`),
    ),
    text('gen_ai.output.messages', messages('assistant', `answer ${i} ${'as it was '.repeat(30)}`)),
    ...common,
  ];
}

function text(key: string, stringValue: string): PlainAttribute {
  return { key, value: { stringValue } };
}

function messages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
}

/** Through the general library, which wants bytes where OTLP/JSON has hex. */
function encode(request: object): Buffer {
  const withBytes = JSON.parse(JSON.stringify(request), (key, value: unknown) =>
    /^(trace|span|parentSpan)Id$/.test(key) && typeof value === 'string'
      ? Buffer.from(value, 'hex').toString('base64')
      : value,
  ) as Record<string, unknown>;
  return Buffer.from(TraceRequest.encode(TraceRequest.fromObject(withBytes)).finish());
}
