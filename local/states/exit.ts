import type { Fields } from './fields.ts';
import { isObject, type Json, type JsonObject, type Payload, payloadOf } from './json.ts';
import { checkSize } from './limits.ts';
import type { Loading, Outcome } from './state.ts';
import type { Template } from './template.ts';
import type { Results, Visit } from './visit.ts';

/** A way out of a state: of the state itself, of a choice rule, of a catcher. */
export interface Exit {
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
  readonly next: string | undefined;
}

/** Reads Output, Assign and Next. */
export function loadExit(fields: Fields, loading: Loading): Exit {
  return { output: fields.template('Output'), assign: loadAssign(fields), next: loading.target(fields, 'Next') };
}

/** As loadExit, of a state that says `Next` or `"End": true`. */
export function loadStateExit(fields: Fields, loading: Loading): Exit {
  const exit = loadExit(fields, loading);
  const ends = fields.boolean('End') ?? false;
  if (ends === fields.has('Next')) fields.fault('Next', 'a state has either Next or "End": true');
  return exit;
}

function loadAssign(fields: Fields): Template | undefined {
  for (const name of fields.object('Assign')?.names() ?? []) {
    if (name === 'states') fields.fault('Assign', "the variable name 'states' is reserved");
    else if (!/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name))
      fields.fault('Assign', `'${name}' is not a variable name`);
  }
  return fields.template('Assign');
}

/** Evaluates Output and Assign, both with the variables as they were. @param otherwise the output if the exit names none. */
export async function leave(exit: Exit, visit: Visit, results: Results, otherwise: Payload): Promise<Outcome> {
  if (exit.output === undefined && exit.assign === undefined) {
    return { output: checkSize(otherwise, visit.stateName), assigned: undefined, next: exit.next };
  }
  const scope = visit.scope(results);
  const output = exit.output ? payloadOf(await exit.output.evaluate(scope)) : otherwise;
  const assigned = asObject(await exit.assign?.evaluate(scope));
  return { output: checkSize(output, visit.stateName), assigned, next: exit.next };
}

/** Assign is an object in every definition that was loaded. */
function asObject(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? (value as JsonObject) : undefined;
}
