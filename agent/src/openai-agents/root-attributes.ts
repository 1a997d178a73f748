import type { AgentsTrace } from './framework-types.ts';

/** Names under which programs keep the user in a trace's metadata; the SDK has none of its own. */
const USER_KEYS = ['user.id', 'userId', 'user_id'];

export function rootAttributes({ groupId, metadata = {} }: AgentsTrace): Record<string, unknown> {
  const attributes: Record<string, unknown> = { 'gen_ai.operation.name': 'invoke_workflow' };
  if (typeof groupId === 'string')
    Object.assign(attributes, { 'gen_ai.conversation.id': groupId, 'session.id': groupId });
  for (const [key, value] of Object.entries(metadata)) attributes[`metadata.${key}`] = value;
  const user = USER_KEYS.map((key) => metadata[key]).find((value) => typeof value === 'string');
  if (user !== undefined) attributes['user.id'] = user;
  return attributes;
}
