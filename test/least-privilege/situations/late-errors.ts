import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DOMAIN } from '../../helpers/stack.ts';
import type { Stage } from '../stage.ts';
import { arrivesIn, comesTrue, published, type Situation } from './situation.ts';
import { ended, runOf, upload } from './uploads.ts';

/** Records that the service accepts, and fails on afterwards. */
export const aLateError: Situation = async (stage, remove) => {
  stage.breakDown({ late: true });
  const object = await upload(stage);
  remove();
  const before = published(stage, 'LateErrors').sum;
  const run = await runOf(stage, object);
  if (run !== undefined) await ended(stage, run);
  return comesTrue(stage, () => published(stage, 'LateErrors').sum >= before + 3);
};

/** What the domain reports, of whatever record. */
async function report({ test }: Stage, message: object): Promise<void> {
  const { url: endpoint, region, credentials, outputs } = test.stack;
  const sqs = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
  const MessageBody = JSON.stringify({ domainName: DOMAIN, errorMessage: 'no', ...message });
  await sqs.send(new SendMessageCommand({ QueueUrl: outputs.DomainDeadLetterQueueUrl ?? '', MessageBody }));
  sqs.destroy();
}

/** One of an object type that somebody else fills. */
export const aLateErrorOfOthers: Situation = async (stage, remove) => {
  remove();
  const message = { objectTypeName: 'Orders', object: '{}' };
  return arrivesIn(stage, 'LateErrorsDeadLetterQueueUrl', () => report(stage, message));
};

/** One of a customer that the ledger does not know any more. */
export const aLateErrorOfAForgottenCustomer: Situation = async (stage, remove) => {
  remove();
  const before = published(stage, 'LateErrors').sum;
  const object = JSON.stringify({ customerId: stage.newName(), lastName: 'Yamada' });
  await report(stage, { objectTypeName: stage.test.stack.outputs.ObjectTypeName, object });
  return comesTrue(stage, () => published(stage, 'LateErrors').sum > before);
};
