import { SpantailCallbackHandler, type LangChainHandlerOptions } from './callback-handler.ts';

export type { AdapterOptions } from '../adapter/adapter-options.ts';
export { SpantailCallbackHandler, type LangChainHandlerOptions } from './callback-handler.ts';

/** For programs that load their handlers by module name. */
export default function createSpantailCallbackHandler(
  options?: LangChainHandlerOptions,
): SpantailCallbackHandler {
  return new SpantailCallbackHandler(options);
}
