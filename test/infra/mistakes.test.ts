import { CfnParameter, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { FIT_FOR_LATE_ERRORS, type Given, newStack, ownApp, refused, systemIn } from './own-app.ts';

const CLEARING_MAPPING = 'test/chaos/mappings/clearing.json';
const SCHEDULE = { exportBy: '02:00', doneBy: '06:00', timeZone: 'Asia/Tokyo' };

describe('props that do not fit are refused at synth, in words:', () => {
  const cases: readonly (readonly [mistake: string, given: Given, message: RegExp])[] = [
    ['a quota too small to be held', { quota: 4 }, /The quota is 4; .*5 or more/],
    ['a broken quota', { quota: 80.5 }, /The quota is 80\.5; .*whole number/],
    ['a reserve above half of the quota', { quota: 80, reserve: 41 }, /reserve for live events is 41; .*\(40\)/],
    [
      'too few workers for the quota',
      { quota: 200, reservedConcurrency: 5 },
      /reservedConcurrency is 5; a quota of 200 .* fewer than 6 workers.*Reserve 6 or more, or lower the quota/,
    ],
    [
      'clearing at a rate too small to be held',
      { mappingPath: CLEARING_MAPPING, clearQuota: 2 },
      /The quota of UpdateProfile is 2; .*5 or more/,
    ],
    [
      'a rate of clearing for a mapping that clears nothing',
      { clearQuota: 20 },
      /clearQuota is 20, but the mapping clears no field/,
    ],
    [
      'a rate of deleting for a mapping that deletes nothing',
      { deleteQuota: 20 },
      /deleteQuota is 20, but the mapping deletes nothing/,
    ],
    ['half a worker', { reservedConcurrency: 10.5 }, /reservedConcurrency is 10\.5/],
    ['a name with a space', { name: 'my sync' }, /name is "my sync"; .*letters, digits, hyphens and underscores/],
    ['the name of the account’s own bus', { name: 'default' }, /name is "default"; .*not be "default"/],
    ['a domain name that no domain has', { domainName: 'my domain' }, /domainName is "my domain"/],
    [
      'a new domain that never forgets',
      { newDomain: { defaultExpirationDays: 1_099 } },
      /newDomain\.defaultExpirationDays is 1099; .*from 1 to 1098/,
    ],
    [
      'a new domain without the object type',
      { newDomain: { defaultExpirationDays: 366 }, createObjectType: false },
      /createObjectType is false with newDomain: the new domain demo has no object type yet/,
    ],
    [
      'a warning above the critical share',
      { thresholds: { rejectedShareWarning: 0.3, rejectedShareCritical: 0.2 } },
      /rejectedShareWarning .* is 0\.3, above thresholds\.rejectedShareCritical, which is 0\.2/,
    ],
    ['a share in percent', { thresholds: { throttledShare: 5 } }, /thresholds\.throttledShare is 5; .*from 0 to 1/],
    ['a negative share', { thresholds: { rejectedShareWarning: -0.1 } }, /thresholds\.rejectedShareWarning is -0\.1/],
    [
      'a share that is no number',
      { thresholds: { rejectedShareCritical: Number.NaN } },
      /rejectedShareCritical is NaN/,
    ],
    [
      'an age that no alarm can measure',
      { thresholds: { lateEventAge: Duration.seconds(30) } },
      /thresholds\.lateEventAge is 30 seconds; it must be a minute or more/,
    ],
    ['a time without minutes', { schedule: { ...SCHEDULE, exportBy: '2' } }, /schedule\.exportBy is "2"; .*HH:MM/],
    ['a time that no day has', { schedule: { ...SCHEDULE, doneBy: '24:00' } }, /schedule\.doneBy is "24:00"/],
    [
      'a deadline when the export is due',
      { schedule: { ...SCHEDULE, doneBy: '02:00' } },
      /schedule\.exportBy and schedule\.doneBy are both 02:00/,
    ],
    ['an unknown time zone', { schedule: { ...SCHEDULE, timeZone: 'Tokyo' } }, /schedule\.timeZone is "Tokyo"/],
    // As from JavaScript, or from JSON.
    ['an unknown day', { schedule: { ...SCHEDULE, days: JSON.parse('["MON","Tue"]') } }, /schedule\.days has "Tue"/],
    ['no day at all', { schedule: { ...SCHEDULE, days: [] } }, /schedule\.days is empty/],
    [
      'exports that are gone before a redrive',
      { retention: { noncurrentExports: Duration.days(20) } },
      /retention\.noncurrentExports is 20 days; .*7 days and be redriven for 14 more.*21 days or more/,
    ],
    [
      'run files that are gone before a redrive',
      { retention: { runs: Duration.days(7) } },
      /retention\.runs is 7 days/,
    ],
    ['exports that are gone at once', { retention: { exports: Duration.hours(1) } }, /retention\.exports is 1 hour/],
  ];

  it.each(cases)('%s', (_mistake, given, message) => {
    refused(() => systemIn(newStack(), 'Sync', given), message);
  });
});

describe('what the template is made from must be known then:', () => {
  const cases: readonly (readonly [prop: string, given: (text: string, number: number) => Given])[] = [
    ['name', (name) => ({ name })],
    ['domainName', (domainName) => ({ domainName })],
    ['mappingPath', (mappingPath) => ({ mappingPath })],
    ['quota', (_, quota) => ({ quota })],
    ['reserve', (_, reserve) => ({ reserve })],
    ['batchQuota', (_, batchQuota) => ({ batchQuota })],
    ['clearQuota', (_, clearQuota) => ({ clearQuota })],
    ['deleteQuota', (_, deleteQuota) => ({ deleteQuota })],
    ['reservedConcurrency', (_, reservedConcurrency) => ({ reservedConcurrency })],
    ['defaultExpirationDays', (_, defaultExpirationDays) => ({ newDomain: { defaultExpirationDays } })],
    ['rejectedShareWarning', (_, rejectedShareWarning) => ({ thresholds: { rejectedShareWarning } })],
  ];

  it.each(cases)('%s', (prop, given) => {
    const stack = newStack();
    const { valueAsString } = new CfnParameter(stack, 'Text');
    const { valueAsNumber } = new CfnParameter(stack, 'Number', { type: 'Number' });
    const message = new RegExp(`: ${prop} is known only when the stack is deployed.*Give the value itself`);
    refused(() => systemIn(stack, 'Sync', given(valueAsString, valueAsNumber)), message);
  });
});

describe('given resources that do not fit are refused:', () => {
  it('one without versions', () => {
    const stack = newStack();
    const exportBucket = new Bucket(stack, 'Exports', { eventBridgeEnabled: true });
    refused(
      () => systemIn(stack, 'Sync', { exportBucket }),
      /exportBucket Crm\/Exports is not versioned; .*versioned: true/,
    );
  });

  it('one that tells EventBridge nothing', () => {
    const stack = newStack();
    const exportBucket = new Bucket(stack, 'Exports', { versioned: true });
    refused(
      () => systemIn(stack, 'Sync', { exportBucket }),
      /exportBucket Crm\/Exports does not send its events to EventBridge; .*eventBridgeEnabled: true/,
    );
  });

  it('one bucket for both', () => {
    const stack = newStack();
    const bucket = new Bucket(stack, 'Both', { versioned: true, eventBridgeEnabled: true });
    refused(
      () => systemIn(stack, 'Sync', { exportBucket: bucket, runBucket: bucket }),
      /exportBucket and runBucket are the same bucket, Crm\/Both/,
    );
  });

  it('one bucket for both, imported twice', () => {
    const stack = newStack();
    const [exportBucket, runBucket] = ['A', 'B'].map((id) => Bucket.fromBucketName(stack, id, 'customer-data'));
    refused(() => systemIn(stack, 'Sync', { exportBucket, runBucket }), /are the same bucket/);
  });

  it('a dead-letter queue that gives messages out again too soon', () => {
    const stack = newStack();
    const domainDeadLetterQueue = new Queue(stack, 'DomainErrors');
    refused(
      () => systemIn(stack, 'Sync', { domainDeadLetterQueue }),
      /domainDeadLetterQueue Crm\/DomainErrors gives a message out again after 30 seconds.*3 minutes or more/,
    );
  });

  it('a dead-letter queue that forgets what nobody else has', () => {
    const stack = newStack();
    const domainDeadLetterQueue = new Queue(stack, 'DomainErrors', { visibilityTimeout: Duration.minutes(3) });
    refused(
      () => systemIn(stack, 'Sync', { domainDeadLetterQueue }),
      /domainDeadLetterQueue Crm\/DomainErrors forgets a message after 4 days; .*retentionPeriod to 14 days/,
    );
  });

  it.each([true, false])(
    'a dead-letter queue with a dead-letter queue of its own (%s) is taken, else with a warning',
    (has) => {
      const stack = newStack();
      const domainDeadLetterQueue = new Queue(stack, 'DomainErrors', {
        ...FIT_FOR_LATE_ERRORS,
        ...(has && { deadLetterQueue: { queue: new Queue(stack, 'Unread'), maxReceiveCount: 1_000 } }),
      });
      systemIn(stack, 'Sync', { domainDeadLetterQueue });
      const warnings = Annotations.fromStack(stack).findWarning(
        '*',
        Match.stringLikeRegexp('has no dead-letter queue'),
      );
      expect(warnings).toHaveLength(has ? 0 : 1);
    },
  );

  it('a dead-letter queue that gives messages away while they only wait is taken with a warning', () => {
    const stack = newStack();
    const deadLetterQueue = { queue: new Queue(stack, 'Unread'), maxReceiveCount: 3 };
    const domainDeadLetterQueue = new Queue(stack, 'DomainErrors', { ...FIT_FOR_LATE_ERRORS, deadLetterQueue });
    systemIn(stack, 'Sync', { domainDeadLetterQueue });
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('after 3 receives.*maxReceiveCount of 1000'));
  });

  it.each([
    { what: 'eventBridgeEnabled', imported: false },
    { what: 'what can not be seen', imported: true },
  ])('but $what is trusted', ({ imported }) => {
    const stack = newStack();
    const exportBucket = imported
      ? Bucket.fromBucketName(stack, 'Exports', 'crm-exports')
      : new Bucket(stack, 'Exports', { versioned: true, eventBridgeEnabled: true });
    expect(() => systemIn(stack, 'Sync', { exportBucket })).not.toThrow();
  });
});

describe('two systems of one app', () => {
  const OTHER = { name: 'partners', domainName: 'partners' };

  it('share the budget of their account and Region', () => {
    const stack = newStack();
    systemIn(stack, 'Customers');
    refused(
      () => systemIn(stack, 'Partners', OTHER),
      /Crm\/Customers and Crm\/Partners do not share a budget table; .*budgetTable/,
    );
  });

  it('share it if their stacks name the same account and Region', () => {
    const env = { account: '111111111111', region: 'ap-northeast-1' };
    const app = ownApp();
    systemIn(new Stack(app, 'One', { env }), 'Sync');
    refused(() => systemIn(new Stack(app, 'Two', { env }), 'Sync', OTHER), /One\/Sync and Two\/Sync do not share/);
  });

  it('share it from stack to stack', () => {
    const app = ownApp();
    const { budget: budgetTable } = systemIn(new Stack(app, 'One'), 'Sync').tables;
    expect(() => systemIn(new Stack(app, 'Two'), 'Sync', { ...OTHER, budgetTable })).not.toThrow();
  });

  it('share it by its name, too', () => {
    const app = ownApp();
    const budgetOf = (stack: Stack) => ({ budgetTable: Table.fromTableName(stack, 'Budget', 'put-profile-object') });
    const [one, other] = [new Stack(app, 'One'), new Stack(app, 'Two')];
    systemIn(one, 'Sync', budgetOf(one));
    expect(() => systemIn(other, 'Sync', { ...OTHER, ...budgetOf(other) })).not.toThrow();
  });

  it.each([
    { what: 'quota', given: { quota: 40 } },
    { what: 'reserve', given: { reserve: 0 } },
  ])('agree on the $what of a shared budget', ({ given }) => {
    const stack = newStack();
    const { budget: budgetTable } = systemIn(stack, 'Customers').tables;
    refused(
      () => systemIn(stack, 'Partners', { ...OTHER, budgetTable, ...given }),
      /share a budget table, but not what is in it: quota 80 with reserve 8, and quota/,
    );
  });

  it('of Stages without an env are told what tells them apart', () => {
    const app = ownApp();
    const [development, production] = ['Dev', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Crm'));
    systemIn(development ?? app, 'Sync');
    refused(
      () => systemIn(production ?? app, 'Sync'),
      /Dev\/Crm\/Sync and Prod\/Crm\/Sync both have the name profile-sync.*give their stacks \(or Stages\) an env/,
    );
  });

  it('have names of their own', () => {
    const stack = newStack();
    const { budget: budgetTable } = systemIn(stack, 'Customers').tables;
    refused(
      () => systemIn(stack, 'Partners', { domainName: 'partners', budgetTable }),
      /Crm\/Customers and Crm\/Partners both have the name profile-sync/,
    );
  });

  it('do not write to one object type with two ledgers', () => {
    const stack = newStack();
    const { budget: budgetTable } = systemIn(stack, 'Customers').tables;
    refused(
      () => systemIn(stack, 'Again', { name: 'again', budgetTable }),
      /both sync into the object type CrmCustomer of the domain demo/,
    );
  });

  it('need nothing in common in two accounts', () => {
    const app = ownApp();
    const [test, production] = ['111111111111', '222222222222'].map(
      (account) => new Stack(app, `Crm${account}`, { env: { account, region: 'ap-northeast-1' } }),
    );
    expect(() => [test, production].map((stack) => systemIn(stack ?? app, 'Sync'))).not.toThrow();
  });

  it('have one budget each in two tables that only look alike', () => {
    const stack = newStack();
    const budgetTable = new Table(stack, 'Budget', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    systemIn(stack, 'Customers', { budgetTable });
    refused(() => systemIn(stack, 'Partners', OTHER), /do not share a budget table/);
  });
});
