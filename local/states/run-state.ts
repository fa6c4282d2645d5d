import { tryCatch } from './catch.ts';
import { type Failure, RUNTIME_ERROR, StateFailure } from './errors.ts';
import { WHOLE } from './history.ts';
import type { Json } from './json.ts';
import { Retries } from './retry.ts';
import type { Outcome, State } from './state.ts';
import { type EnteredState, type Run, Visit } from './visit.ts';

/**
 * Visits a state that was entered, with its retries and catchers.
 *
 * @throws StateFailure if the state failed for good.
 */
export async function runState(run: Run, state: State, entered: EnteredState): Promise<Outcome> {
  const visit = new Visit(run, entered);
  const retries = new Retries(state.retriers ?? []);
  for (;;) {
    const attempt = await tried(visit, () => state.run(visit));
    const outcome = 'failure' in attempt ? await recovered(visit, state, retries, attempt.failure) : attempt.outcome;
    if (outcome !== undefined) return outcome;
    visit.retryCount += 1;
  }
}

type Attempt = { readonly outcome: Outcome } | { readonly failure: Failure };

async function tried(visit: Visit, work: () => Promise<Outcome>): Promise<Attempt> {
  try {
    return { outcome: await work() };
  } catch (error) {
    return { failure: visit.failureOf(error) };
  }
}

/** Waits for the next attempt (undefined), or leaves by a catcher. @throws StateFailure if neither is left. */
async function recovered(visit: Visit, state: State, retries: Retries, failure: Failure): Promise<Outcome | undefined> {
  if (failure.error === RUNTIME_ERROR) throw new StateFailure(failure);
  const { machinery, execution, signal, history } = visit.run;
  const delayMs = retries.next(failure.error, machinery.random);
  if (delayMs !== undefined) {
    await machinery.clock.sleep(delayMs, signal);
    machinery.onTransition?.(execution.machineArn);
    return undefined;
  }
  if (state.failedEvent !== undefined) history.add(state.failedEvent);
  const caught = await tried(visit, async () => {
    const outcome = await tryCatch(state.catchers ?? [], visit, failure);
    if (outcome === undefined) throw new StateFailure(failure);
    return outcome;
  });
  if ('failure' in caught) throw new StateFailure(caught.failure);
  return caught.outcome;
}

/** Writes the exited event and assigns the state's variables. */
export function exitState(run: Run, name: string, type: string, { output, assigned }: Outcome): void {
  run.history.add(`${type}StateExited`, {
    name,
    output: output.text,
    outputDetails: WHOLE,
    ...(assigned && { assignedVariables: texts(assigned), assignedVariablesDetails: WHOLE }),
  });
  if (assigned) run.variables = { ...run.variables, ...assigned };
}

function texts(values: Readonly<Record<string, Json>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
}
