import type { Fields } from '../adapter/fields-of.ts';
import { listOf, textOf } from './read.ts';
import { namedError } from './tool-spans.ts';

/** Cost and tokens of the whole query so far: those of each call are on its own span. */
export function resultAttributes(result: Fields): Record<string, unknown> {
  return {
    'gen_ai.usage.cost': result['total_cost_usd'],
    'claude.model_usage': result['modelUsage'],
    'claude.turns': result['num_turns'],
    'claude.result': result['subtype'],
    'claude.stop_reason': result['stop_reason'],
    'claude.duration_api_ms': result['duration_api_ms'],
    'claude.permission_denials': listOf(result['permission_denials']).length,
  };
}

/** A result may tell of an error, which the SDK does not throw. */
export function resultError(result: Fields): Error | undefined {
  const subtype = textOf(result['subtype']) ?? 'error';
  if (subtype === 'success' && result['is_error'] !== true) return undefined;
  const { errors } = result;
  const told = Array.isArray(errors) ? errors.filter((line) => typeof line === 'string') : [];
  return namedError(subtype, told.join('\n') || textOf(result['result']) || subtype);
}
