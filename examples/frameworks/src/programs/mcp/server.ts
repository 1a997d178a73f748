import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Tracer } from '@spantail/agent';
import { z } from 'zod';

/** A server with a tool for each way a call can go. Its own steps are traced with `tracer`. */
export function weatherServer(tracer: Tracer): McpServer {
  const server = new McpServer({ name: 'weather', version: '1.0.0' });
  server.registerTool(
    'forecast',
    { inputSchema: { city: z.string() } },
    async ({ city }, { _meta, sendNotification }) => {
      const progressToken = _meta?.progressToken;
      const span = tracer.startSpan('look up');
      if (progressToken !== undefined)
        for (const progress of [1, 2])
          await sendNotification({
            method: 'notifications/progress',
            params: {
              progressToken,
              progress,
              total: 2,
              ...(progress === 2 ? { message: 'nearly there' } : {}),
            },
          });
      // The SDK drops progress that is read together with the answer: the client has it by now.
      if (progressToken !== undefined) await server.server.ping();
      span.end();
      return { content: [{ type: 'text', text: `rain in ${city}` }] };
    },
  );
  server.registerTool('fail', {}, () => {
    throw new Error('no such weather');
  });
  server.registerTool('hang', {}, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return { content: [] };
  });
  server.registerTool('ask', {}, async () => {
    const { content } = await server.server.createMessage({
      messages: [{ role: 'user', content: { type: 'text', text: 'rain?' } }],
      maxTokens: 10,
    });
    return { content: [{ type: 'text', text: JSON.stringify(content) }] };
  });
  server.registerResource(
    'station',
    new ResourceTemplate('station://{id}', { list: undefined }),
    {},
    (uri) => ({ contents: [{ uri: uri.href, text: 'on a hill' }] }),
  );
  server.registerPrompt('advise', { argsSchema: { mood: z.string() } }, ({ mood }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `advise, ${mood}` } }],
  }));
  return server;
}
