import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { loadStack } from '../../local/cloudformation/template.ts';
import { type TestStack, testTemplate } from '../../test/helpers/stack.ts';
import { EMPTY_HANDLER } from '../cold-start/bare-handler.ts';
import { bundle } from '../cold-start/bundle.ts';
import { chunkLine, mapAlone, mapInput, workerInput } from './map-alone.ts';

const LOOK_MS = 20;
const CHUNKS = 'runs/bench/chunks.jsonl';

/** The same work by either way: as many calls of a worker that answers at once. Both return seconds. */
export interface EmptyWorkers {
  /** As children of the product's Map. */
  mapped(): Promise<number>;
  /** Without Step Functions, so many at once. */
  invoked(atOnce: number): Promise<number>;
}

/** Puts an empty function in place of the stack's worker, and the Map alone in place of its state machine, roles as they were. */
export async function emptyWorkers(stack: TestStack, quota: number, children: number): Promise<EmptyWorkers> {
  const { lambda, stepFunctions, s3 } = stack.stack;
  const model = loadStack(await testTemplate({ quota }));
  const [machine] = model.stateMachines;
  const worker = model.functions.find(({ name }) => name.includes('syncchunk'));
  if (!machine || !worker) throw new Error('The stack has no state machine or no worker.');
  const codeDirectory = join(stack.folder, 'empty');
  await bundle(EMPTY_HANDLER, codeDirectory);
  lambda.createFunction({ ...worker, codeDirectory, accessKeyId: `fn-${worker.name}` });
  stepFunctions.createStateMachine({ ...machine, definition: mapAlone(machine.definition) });
  const bucket = stack.connected.outputs.RunBucketName;
  const input = mapInput(bucket, CHUNKS);
  await s3.writeObject(
    bucket,
    CHUNKS,
    Array.from({ length: children }, (_, chunk) => chunkLine(chunk)),
  );

  return {
    async mapped() {
      const { sfn } = stack.clients;
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn: machine.arn, input: JSON.stringify(input) }),
      );
      for (;;) {
        const { status, startDate, stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (startDate && stopDate) {
          if (status !== 'SUCCEEDED') throw new Error(`The Map Run ended as ${status}.`);
          return (stopDate.getTime() - startDate.getTime()) / 1000;
        }
        await sleep(LOOK_MS);
      }
    },
    async invoked(atOnce) {
      const from = performance.now();
      const chunks = Array.from({ length: children }, (_, chunk) => chunk).values();
      const caller = async () => {
        for (const chunk of chunks) await lambda.invoke(worker.name, workerInput(input, chunk));
      };
      await Promise.all(Array.from({ length: atOnce }, caller));
      return (performance.now() - from) / 1000;
    },
  };
}
