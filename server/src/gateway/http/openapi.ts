import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../../version.ts';
import { ROW_SCHEMAS } from '../query/row-schemas.ts';

/** `GET /api/v1/openapi.json`. Call before the routes are registered: it collects their schemas. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Spantail',
        description: 'AI-agent runs: watch them live, query them later.',
        version: VERSION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${i}`,
    },
  });
  for (const schema of ROW_SCHEMAS) app.addSchema(schema);
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
