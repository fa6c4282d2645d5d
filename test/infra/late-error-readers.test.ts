import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { FIT_FOR_LATE_ERRORS, newStack, refused, systemIn } from './own-app.ts';
import { readable, resourceNamed } from './synthesized.ts';

const directory = mkdtempSync(join(tmpdir(), 'late-error-readers-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const FIRST = named('first');
const SECOND = named('second');
const THIRD = named('third');

/** A system with the example mapping, for an object type of its own. */
function named(name: string): { readonly name: string; readonly mappingPath: string } {
  const definition = JSON.parse(readFileSync('mappings/customer.json', 'utf8'));
  const mappingPath = join(directory, `${name}.json`);
  writeFileSync(mappingPath, JSON.stringify({ ...definition, objectType: { ...definition.objectType, name } }));
  return { name, mappingPath };
}

function queueIn(stack: Stack, id: string): Queue {
  const deadLetterQueue = { queue: new Queue(stack, `${id}Dead`), maxReceiveCount: 1_000 };
  return new Queue(stack, id, { ...FIT_FOR_LATE_ERRORS, deadLetterQueue });
}

describe('two systems of one domain', () => {
  it('are refused while the one would put late errors of the other aside', () => {
    const stack = newStack();
    const { budget: budgetTable } = systemIn(stack, 'One', FIRST).tables;
    refused(
      () => systemIn(stack, 'Two', { ...SECOND, budgetTable }),
      /Crm\/One and Crm\/Two sync into the domain demo, which has one dead-letter queue; .*otherLateErrors/,
    );
  });

  it('pass late errors on by a given queue, the first made first', () => {
    const stack = newStack();
    const queue = queueIn(stack, 'Between');
    const { budget: budgetTable } = systemIn(stack, 'One', { ...FIRST, otherLateErrors: queue }).tables;
    expect(() => systemIn(stack, 'Two', { ...SECOND, budgetTable, domainDeadLetterQueue: queue })).not.toThrow();
  });

  it('pass them on in a row of three by the queues that are made, the last made first', () => {
    const stack = newStack();
    const last = systemIn(stack, 'Three', THIRD);
    const budgetTable = last.tables.budget;
    const second = systemIn(stack, 'Two', { ...SECOND, budgetTable, otherLateErrors: last.queues.domainDeadLetters });
    const otherLateErrors = second.queues.domainDeadLetters;
    const newDomain = { defaultExpirationDays: 366 };
    expect(() => systemIn(stack, 'One', { ...FIRST, budgetTable, newDomain, otherLateErrors })).not.toThrow();
  });

  it('do not read one queue', () => {
    const stack = newStack();
    const domainDeadLetterQueue = queueIn(stack, 'Both');
    const { budget: budgetTable } = systemIn(stack, 'One', { ...FIRST, domainDeadLetterQueue }).tables;
    refused(
      () => systemIn(stack, 'Two', { ...SECOND, budgetTable, domainDeadLetterQueue }),
      /Crm\/One and Crm\/Two have one queue as domainDeadLetterQueue; each would take late errors of the other/,
    );
  });

  it('do not read one queue that is imported twice', () => {
    const stack = newStack();
    const [one, two] = ['A', 'B'].map((id) => Queue.fromQueueArn(stack, id, 'arn:aws:sqs:eu-west-1:111111111111:late'));
    const { budget: budgetTable } = systemIn(stack, 'One', { ...FIRST, domainDeadLetterQueue: one }).tables;
    refused(
      () => systemIn(stack, 'Two', { ...SECOND, budgetTable, domainDeadLetterQueue: two }),
      /have one queue as domainDeadLetterQueue/,
    );
  });

  it('pass nothing on in a circle', () => {
    const stack = newStack();
    const [a, b] = [queueIn(stack, 'A'), queueIn(stack, 'B')];
    const one = { ...FIRST, domainDeadLetterQueue: a, otherLateErrors: b };
    const { budget: budgetTable } = systemIn(stack, 'One', one).tables;
    refused(
      () => systemIn(stack, 'Two', { ...SECOND, budgetTable, domainDeadLetterQueue: b, otherLateErrors: a }),
      /Crm\/One and Crm\/Two pass late errors of the domain demo on in a circle/,
    );
  });

  it('pass nothing on to themselves', () => {
    const stack = newStack();
    const queue = queueIn(stack, 'Own');
    refused(
      () => systemIn(stack, 'One', { domainDeadLetterQueue: queue, otherLateErrors: queue }),
      /Crm\/One has one queue as domainDeadLetterQueue and as otherLateErrors/,
    );
  });

  it('do not both pass on to a third one', () => {
    const stack = newStack();
    const last = systemIn(stack, 'Three', THIRD);
    const given = { budgetTable: last.tables.budget, otherLateErrors: last.queues.domainDeadLetters };
    systemIn(stack, 'Two', { ...SECOND, ...given });
    refused(
      () => systemIn(stack, 'One', { ...FIRST, ...given }),
      /Crm\/Two and Crm\/One pass late errors on to one queue; .*Let one pass on to the other/,
    );
  });

  it('pass nothing on into another domain', () => {
    const stack = newStack();
    const partners = systemIn(stack, 'Two', { ...SECOND, domainName: 'partners' });
    const given = { budgetTable: partners.tables.budget, otherLateErrors: partners.queues.domainDeadLetters };
    refused(
      () => systemIn(stack, 'One', { ...FIRST, ...given }),
      /Of Crm\/Two and Crm\/One, one passes late errors on to the other, but they sync into two domains/,
    );
  });

  it('are only one if the other could not be made', () => {
    const stack = newStack();
    expect(() => systemIn(stack, 'Broken', { ...FIRST, quota: -1 })).toThrow();
    expect(() => systemIn(stack, 'One', FIRST)).not.toThrow();
  });

  it('make the domain with the first one’s queue', () => {
    const stack = newStack();
    const second = systemIn(stack, 'Two', { ...SECOND, newDomain: { defaultExpirationDays: 366 } });
    const given = { budgetTable: second.tables.budget, otherLateErrors: second.queues.domainDeadLetters };
    refused(
      () => systemIn(stack, 'One', { ...FIRST, ...given }),
      /Of Crm\/Two and Crm\/One, newDomain is given to the one that the other passes late errors on to/,
    );
  });
});

describe.each(['first', 'last'])('a system that passes late errors on, made %s,', (made) => {
  const stack = newStack();
  const between = queueIn(stack, 'Between');
  const make = {
    first: () => systemIn(stack, 'One', { ...FIRST, otherLateErrors: between, budgetTable }),
    last: () => systemIn(stack, 'Two', { ...SECOND, domainDeadLetterQueue: between, budgetTable }),
  };
  const budgetTable = new Table(stack, 'Budget', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  const systems = made === 'first' ? [make.first(), make.last()] : [make.last(), make.first()];
  for (const { node, outputs } of systems) {
    new CfnOutput(stack, `Of${node.id}`, { value: outputs.PointDomainAtQueue ?? 'missing' });
  }
  const template = Template.fromStack(stack);

  it('is the one at whose queue the domain is to point', () => {
    const outputs = template.findOutputs('*');
    expect(readable(outputs.OfOne?.Value)).toMatch(/update-domain .*<OneLateErrorsDomainDeadLetterQueue>/);
    expect(readable(outputs.OfTwo?.Value)).toBe('Nothing: first passes on what is for this system.');
  });

  it('may send to the queue of the other', () => {
    const { Environment } = resourceNamed(template, 'AWS::Lambda::Function', 'OneLateErrorsFunction').Properties;
    expect(readable(Environment)).toMatchObject({ Variables: { OTHER_LATE_ERRORS_QUEUE_URL: '<Between>' } });
    const { PolicyDocument } = resourceNamed(template, 'AWS::IAM::Policy', 'OneLateErrorsRoleDefaultPolicy').Properties;
    expect(readable(PolicyDocument)).toMatchObject({
      Statement: expect.arrayContaining([
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: expect.arrayContaining(['<Between>']) },
      ]),
    });
  });
});
