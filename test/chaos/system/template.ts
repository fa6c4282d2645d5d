import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shortens the waits of the state machine and of queues, not the time-outs of functions. */
export const TIME_SCALE = 0.1;
/**
 * Seconds. A worker starts no call in the last 15 s of its time, so it works in turns of five; and what a dead worker
 * holds is free before a person loses patience.
 */
export const MAX_FUNCTION_TIMEOUT_S = 20;
/** Seconds as in the template; of a message whose function died. Longer than the function in real time. */
const MAX_VISIBILITY_TIMEOUT_S = (MAX_FUNCTION_TIMEOUT_S + 1) / TIME_SCALE;

/** At most so much of the properties that a resource type has. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'AWS::Lambda::Function': { Timeout: MAX_FUNCTION_TIMEOUT_S },
  'AWS::SQS::Queue': { VisibilityTimeout: MAX_VISIBILITY_TIMEOUT_S },
};

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>
  >;
}

/** A copy of a cdk.out folder in which nobody waits for a dead function for long. */
export function copyWithShortTimeouts(cdkOut: string, folder: string): string {
  cpSync(cdkOut, folder, { recursive: true });
  for (const file of globSync('*.template.json', { cwd: folder })) {
    const path = join(folder, file);
    const template: Template = JSON.parse(readFileSync(path, 'utf8'));
    for (const { Type, Properties = {} } of Object.values(template.Resources)) {
      for (const [name, most] of Object.entries(LIMITS[Type] ?? {})) {
        if (name in Properties) Properties[name] = Math.min(Number(Properties[name]), most);
      }
    }
    writeFileSync(path, JSON.stringify(template));
  }
  return folder;
}
