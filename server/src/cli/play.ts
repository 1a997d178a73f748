import { parseArgs } from 'node:util';
import { Publisher, createExporter } from '@spantail/agent';
import { gatewayUrl } from './gateway-url.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  speed: { type: 'string' },
  to: { type: 'string' },
  follow: { type: 'boolean' },
  quiet: { type: 'boolean' },
} as const;

