import type { PolicyModel } from '../../local/cloudformation/model.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import { untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { startTestStack, type TestStack, testTemplate } from '../helpers/stack.ts';
import { reasonsOf } from './reasons.ts';
import { type Statement, without } from './statements.ts';
import { Usage } from './usage.ts';

const OPTIONS = { quota: 40, settings: { latencyMs: { median: 5, spread: 0.1 } }, timeScale: 0.002 };

/** The system on the embedded stack, with policies that can be changed while it works, and what they refused. */
export class Stage {
  readonly test: TestStack;
  /** All of the template. */
  readonly policies: readonly PolicyModel[];
  /** Why some permissions are there that no situation uses, as `<policy> <action>` → reason. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly usage: Usage;
  #inForce: readonly PolicyModel[];
  readonly #refusals: string[];
  #customers = 0;

  constructor(test: TestStack, cdkOut: string, heard: { readonly refusals: string[]; readonly usage: Usage }) {
    this.test = test;
    this.policies = loadStack(cdkOut).policies;
    this.reasons = reasonsOf(cdkOut);
    this.usage = heard.usage;
    this.#inForce = this.policies;
    this.#refusals = heard.refusals;
  }

  /** In words of AWS, since the last `restore` or `forgive`. */
  get refusals(): readonly string[] {
    return this.#refusals;
  }

  /** A name that nobody had before. */
  newName(): string {
    this.#customers += 1;
    return `P${this.#customers}`;
  }

  /** Takes a statement away from what is in force. */
  withdraw({ policy, index }: Statement): void {
    this.#enforce(this.#inForce.map((each) => (each.name === policy.name ? without(each, index) : each)));
  }

  /** All policies are in force again. */
  grantAll(): void {
    this.#enforce(this.policies);
  }

  #enforce(policies: readonly PolicyModel[]): void {
    this.#inForce = policies;
    this.test.stack.iam.putPolicies(policies);
  }

  /** Takes these refusals for wanted. */
  forgive(isWanted: (refusal: string) => boolean = () => true): void {
    const unwanted = this.#refusals.filter((refusal) => !isWanted(refusal));
    this.#refusals.splice(0, this.#refusals.length, ...unwanted);
  }

  /** Customer Profiles refuses every object. */
  breakDown(broken: boolean): void {
    this.test.stack.customerProfiles.configure({ fault: broken ? { error: 'AccessDeniedException' } : undefined });
  }

  async restore(): Promise<void> {
    this.breakDown(false);
    this.grantAll();
    await untilLiveQueueIsEmpty(this.test);
    this.forgive();
  }
}

/** All policies of the template that `openStage` starts. */
export async function stagePolicies(): Promise<readonly PolicyModel[]> {
  return loadStack(await testTemplate(OPTIONS)).policies;
}

export async function openStage(): Promise<Stage> {
  const refusals: string[] = [];
  const usage = new Usage();
  const test = await startTestStack({
    ...OPTIONS,
    onRefused: (message) => refusals.push(message),
    onAllowed: (_who, access, by) => usage.note(access, by),
  });
  return new Stage(test, await testTemplate(OPTIONS), { refusals, usage });
}
