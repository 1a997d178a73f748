/** `@spantail/client/react`: hooks to watch runs with. */
export {
  SpantailProvider,
  useClient,
  useConnection,
  type SpantailProviderProps,
} from './provider.ts';
export { onNextFrame } from './next-frame.ts';
export { useRun, type RunView, type UseRunOptions } from './use-run.ts';
export { useRuns, type RunsView, type UseRunsOptions } from './use-runs.ts';
