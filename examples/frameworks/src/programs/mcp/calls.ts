import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { Client as McpClient } from '@modelcontextprotocol/sdk/client/index.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Tracer } from '@spantail/agent';

export function weatherClient(tracer: Tracer): McpClient {
  const client = new McpClient(
    { name: 'asker', version: '1.0.0' },
    { capabilities: { sampling: {} } },
  );
  client.setRequestHandler(CreateMessageRequestSchema, () =>
    tracer.run('sampled', () => ({
      model: 'small',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: 'yes' },
    })),
  );
  return client;
}

/** One call of each kind; what came of it, for the test to compare with tracing off. */
export async function callAll(client: Client): Promise<unknown[]> {
  const results: unknown[] = [];
  const call = async (name: string, args: Record<string, unknown>, rest = {}): Promise<void> => {
    try {
      results.push(await client.callTool({ name, arguments: args }, undefined, rest));
    } catch (error) {
      results.push(String(error));
    }
  };
  const progress: unknown[] = [];
  await call('forecast', { city: 'Oslo' }, { onprogress: (said: unknown) => progress.push(said) });
  results.push(progress);
  await Promise.all([call('forecast', { city: 'Rome' }), call('forecast', { city: 'Bonn' })]);
  await call('fail', {});
  await call('unknown', {});
  await call('forecast', { city: 7 });
  await call('hang', {}, { timeout: 300 });
  await call('ask', {});
  results.push(await client.readResource({ uri: 'station://7' }));
  results.push(await client.getPrompt({ name: 'advise', arguments: { mood: 'glad' } }));
  results.push((await client.listTools()).tools.map(({ name }) => name));
  try {
    results.push(await client.readResource({ uri: 'nowhere://1' }));
  } catch (error) {
    results.push(String(error));
  }
  return results;
}
