import { expect, it } from 'vitest';
import { createLostEvents } from '../../../local/lambda/lost-events.ts';
import { SqsError } from '../../../local/sqs/errors.ts';
import type { QueueClient } from '../../../local/sqs/sqs.ts';

const DEAD = 'arn:aws:sqs:us-east-1:000000000000:dead';
const FUNCTION = {
  name: 'report',
  codeDirectory: '',
  handler: 'index.handler',
  environment: {},
  timeoutSeconds: 30,
  memoryMb: 128,
  logGroup: 'logs',
  roleArn: 'arn:aws:iam::000000000000:role/report',
};
const EVENT = { name: 'report', payload: '{"n":1}', requestId: 'request-1' };
const ERROR = { errorType: 'Broken', errorMessage: 'é'.repeat(600) };

/** What is sent and what is told when the event is lost, with a queue that may refuse. */
function lose(deadLetterArn?: string, refusal?: Error) {
  const sent: unknown[] = [];
  const told: string[] = [];
  const sqs = {
    send(...call: Parameters<QueueClient['send']>) {
      if (refusal) throw refusal;
      sent.push(call);
    },
  };
  const functions = [{ ...FUNCTION, ...(deadLetterArn && { deadLetterArn }) }];
  createLostEvents({ functions, sqs, tell: (message) => told.push(message) })(EVENT, ERROR);
  return { sent, told };
}

it('a lost event goes to the dead-letter queue of its function, by the role of the function, with at most 1 KB of the reason', () => {
  const { sent, told } = lose(DEAD);
  const attributes = {
    RequestID: { DataType: 'String', StringValue: 'request-1' },
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: { DataType: 'String', StringValue: 'é'.repeat(512) },
  };
  const who = { role: FUNCTION.roleArn, service: 'lambda.amazonaws.com', session: 'report' };
  expect(sent).toEqual([[DEAD, { body: '{"n":1}', attributes }, who]]);
  expect(told).toEqual([]);
});

it('without a dead-letter queue only the terminal hears of it', () => {
  const { sent, told } = lose();
  expect(sent).toEqual([]);
  expect(told).toEqual([expect.stringContaining('report failed an event, which is lost: Broken: ')]);
});

it('a dead-letter queue that refuses it is told of', () => {
  const { told } = lose(DEAD, new SqsError('AccessDeniedException', 'not allowed'));
  expect(told).toEqual([expect.stringContaining('(not in its dead-letter queue: not allowed)')]);
});
