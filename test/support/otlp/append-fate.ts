import { SpantailError } from '@spantail/protocol';
import type { AppendRequest, EventLog } from 'spantail';

/** `lost`: it is written, and the answer does not come. `refused`: for good. */
export type AppendFate = 'works' | 'fails' | 'lost' | 'refused';

/** A log whose appends do what the test decides, one by one. */
export function withFate(log: EventLog, fate: (request: AppendRequest) => AppendFate): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
      if (name !== 'append') return method;
      return async (request: AppendRequest, ...rest: unknown[]) => {
        const is = fate(request);
        if (is === 'fails') throw new SpantailError('LOG_UNAVAILABLE', 'the log is away');
        if (is === 'refused') throw new SpantailError('BATCH_INVALID', 'the log does not like it');
        const result = await method(request, ...rest);
        if (is === 'lost') throw new SpantailError('LOG_UNAVAILABLE', 'the answer was lost');
        return result;
      };
    },
  });
}
