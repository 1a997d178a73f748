/** What agents on LangChain and LangGraph do, with the handler and without it. */
import spantail from '@spantail/agent/langchain';
import { runScenario } from '../run-scenario.ts';
import { SCENARIOS } from './scenarios.ts';

await runScenario(SCENARIOS, (tracer, isOn) => ({ callbacks: isOn ? [spantail({ tracer })] : [] }));
