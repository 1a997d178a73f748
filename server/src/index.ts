export { openLog } from './log/open-log.ts';
export { startGateway, type Gateway, type GatewayOptions } from './gateway/gateway.ts';
export { Tracker, type TrackerOptions } from './indexer/tracker.ts';
export type * from './log/event-log.ts';
export * from './play/index.ts';
export { publisherSink } from './play/publisher-sink.ts';
export { renderRun, type RenderOptions } from './terminal/render-run.ts';
export { COLOURED } from './terminal/style.ts';
export { showRun, type ShowOptions } from './terminal/show-run.ts';
