import type { JsonValue } from '../../recorded/action.ts';
import { isTimeUs } from '../../source/iso-time.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { asArray, asNumber, asObject, asString } from '../../source/json-value.ts';
import { parseJsonFile } from '../../source/parse-json.ts';
import { runFileError } from '../../source/run-file-error.ts';
import type { RunFile } from '../format.ts';

export interface TrajectoryMessage {
  role: string;
  content: JsonValue;
  /** The provider's response; has the only clock of this format (`created`, seconds). */
  response?: JsonObject;
  createdUs?: number;
}

export interface Trajectory {
  instanceId: string;
  info: JsonObject;
  messages: TrajectoryMessage[];
}

/** Checks and narrows a `mini-swe-agent-1` file. */
export function parseTrajectory({ file, text }: RunFile): Trajectory {
  const root = asObject(parseJsonFile(file, text));
  const messages = asArray(root?.['messages']);
  if (root === undefined || messages === undefined)
    throw runFileError(file, '', 'a mini-swe-agent trajectory must have a `messages` list');
  return {
    instanceId: asString(root['instance_id']) ?? 'run',
    info: asObject(root['info']) ?? {},
    messages: messages.map((value, index) => parseMessage(file, value, index)),
  };
}

function parseMessage(file: string, value: JsonValue, index: number): TrajectoryMessage {
  const message = asObject(value);
  const role = asString(message?.['role']);
  const content = message?.['content'];
  if (role === undefined || content === undefined)
    throw runFileError(file, `messages[${index}]`, 'a message must have `role` and `content`');
  const response = asObject(asObject(message?.['extra'])?.['response']);
  const createdUs = Math.round((asNumber(response?.['created']) ?? -1) * 1_000_000);
  return {
    role,
    content,
    ...(response === undefined ? {} : { response }),
    ...(isTimeUs(createdUs) ? { createdUs } : {}),
  };
}
