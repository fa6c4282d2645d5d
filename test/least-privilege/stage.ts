import type { PolicyModel } from '../../local/cloudformation/model.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import type { Fault } from '../../local/customer-profiles/fault.ts';
import { untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { startTestStack, type TestStack, type TestStackOptions, testTemplate } from '../helpers/stack.ts';
import { reasonsOf } from './reasons.ts';
import { failTheFirstRun } from './situations/watch.ts';
import { refusalOf, type Statement, without } from './statements.ts';
import { Usage } from './usage.ts';

const OPTIONS = {
  quota: 40,
  settings: { latencyMs: { median: 5, spread: 0.1 } },
  timeScale: 0.01,
  schedule: nightThatIsOver(),
};

/** The system on the embedded stack, with policies that can be changed while it works, and what they refused. */
export class Stage {
  readonly test: TestStack;
  /** All of the template. */
  readonly policies: readonly PolicyModel[];
  /** Why some permissions are there that no situation uses, as `<policy> <action>` → reason. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly usage: Usage;
  /** The run that failed before all others. */
  firstRun: string | undefined;
  #inForce: readonly PolicyModel[];
  readonly #refusals: string[];
  #isWanted: ((refusal: string) => boolean)[] = [];
  #customers = 0;

  constructor(test: TestStack, cdkOut: string, heard: { readonly refusals: string[]; readonly usage: Usage }) {
    this.test = test;
    this.policies = loadStack(cdkOut).policies;
    this.reasons = reasonsOf(cdkOut);
    this.usage = heard.usage;
    this.#inForce = this.policies;
    this.#refusals = heard.refusals;
  }

  /** What was refused since the last `grantAll`, in words of AWS, but for what a situation withdrew itself. */
  get refusals(): readonly string[] {
    return this.#refusals.filter((refusal) => !this.#isWanted.some((isWanted) => isWanted(refusal)));
  }

  /** A name that nobody had before. */
  newName(): string {
    this.#customers += 1;
    return `P${this.#customers}`;
  }

  /** Takes a statement away from what is in force. */
  takeAway(statement: Statement): void {
    this.#enforce(this.#inForce.map((each) => (each.name === statement.policy.name ? without(each, statement) : each)));
  }

  /** As `takeAway`, for a situation that needs something to be refused. */
  withdraw(statement: Statement): void {
    this.#isWanted.push(refusalOf(statement));
    this.takeAway(statement);
  }

  /** All policies are in force again. */
  grantAll(): void {
    this.#enforce(this.policies);
    this.#isWanted = [];
    this.#refusals.length = 0;
  }

  #enforce(policies: readonly PolicyModel[]): void {
    this.#inForce = policies;
    this.test.stack.iam.putPolicies(policies);
  }

  /** Customer Profiles has this fault with every object. */
  breakDown(fault: Fault): void {
    this.test.stack.customerProfiles.configure({ fault });
  }

  mend(): void {
    this.test.stack.customerProfiles.configure({ fault: undefined });
  }

  async restore(): Promise<void> {
    this.mend();
    this.grantAll();
    await untilLiveQueueIsEmpty(this.test);
    this.grantAll();
  }
}

/** An export counts for a night until 18 hours after it was expected. The last one of these two is one to 13 hours ago. */
function nightThatIsOver() {
  const now = new Date().getUTCHours();
  const hour = now >= 1 && now <= 12 ? '00' : '12';
  return { exportBy: `${hour}:00`, doneBy: `${hour}:01`, timeZone: 'UTC' };
}

/** What makes the workers call more than PutProfileObject. */
export type StageSettings = Pick<TestStackOptions, 'mapping' | 'batch'>;

/** All policies of the template that `openStage` starts, or `openStageWith` these settings. */
export async function stagePolicies(settings: StageSettings = {}): Promise<readonly PolicyModel[]> {
  return loadStack(await testTemplate({ ...OPTIONS, ...settings })).policies;
}

export async function openStage(): Promise<Stage> {
  const stage = await openStageWith({});
  stage.firstRun = await failTheFirstRun(stage);
  await stage.restore();
  return stage;
}

/** A stage on which nothing has happened yet. */
export async function openStageWith(settings: StageSettings): Promise<Stage> {
  const options = { ...OPTIONS, ...settings };
  const refusals: string[] = [];
  const usage = new Usage();
  const test = await startTestStack({
    ...options,
    onRefused: (message) => refusals.push(message),
    onAllowed: (_who, access, by) => usage.note(access, by),
  });
  return new Stage(test, await testTemplate(options), { refusals, usage });
}
