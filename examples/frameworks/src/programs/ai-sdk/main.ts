/** What an agent on the AI SDK does, with the integration and without it. */
import spantail from '@spantail/agent/ai-sdk';
import { registerTelemetry } from 'ai';
import { runScenario } from '../run-scenario.ts';
import { SCENARIOS } from './scenarios.ts';

// It would print that `generateObject` is going to leave.
globalThis.AI_SDK_LOG_WARNINGS = false;
await runScenario(SCENARIOS, (tracer, isOn) => {
  if (isOn) registerTelemetry(spantail({ tracer }));
  return {};
});
