/** What agents and workflows on Mastra do, with the exporter and without it. */
import spantail from '@spantail/agent/mastra';
import { runScenario } from '../run-scenario.ts';
import { SCENARIOS } from './scenarios.ts';

await runScenario(SCENARIOS, (tracer, isOn) => ({ exporters: isOn ? [spantail({ tracer })] : [] }));
