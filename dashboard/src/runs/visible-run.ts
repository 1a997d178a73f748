import type { RunRow } from '@spantail/protocol';
import { visibleName } from '../payload/visible-text.ts';

/** A run whose names show what hides in them: its agent chose them all. */
export function visibleRun(run: RunRow): RunRow {
  const { agent, service, currentStep } = run;
  return {
    ...run,
    name: visibleName(run.name),
    tags: run.tags.map((tag) => visibleName(tag, 80)),
    models: run.models.map((model) => visibleName(model, 120)),
    ...(agent === undefined ? {} : { agent: visibleName(agent) }),
    ...(service === undefined ? {} : { service: visibleName(service) }),
    ...(currentStep === undefined ? {} : { currentStep: visibleName(currentStep) }),
  };
}
