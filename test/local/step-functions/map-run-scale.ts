import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStepFunctions } from '../../../local/step-functions/step-functions.ts';

/**
 * Runs one Map Run of no-op children over JSON Lines, 50 at once, in a process of its own, and prints one JSON line:
 * `{ status, children, seconds, peakMb }`. The peak is resident memory above what the process had before the run.
 *
 *   node test/local/step-functions/map-run-scale.ts [CHILDREN]
 */
const children = Number(process.argv[2] ?? 20_000);
const directory = mkdtempSync(join(tmpdir(), 'map-run-scale-'));
const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:scale';
const { promise: ended, resolve } = Promise.withResolvers<string>();

const service = createStepFunctions({
  directory,
  integrations: {
    invokeLambda: () => Promise.reject(new Error('no function')),
    publish: () => Promise.reject(new Error('no topic')),
    async *readObject() {
      for (let n = 0; n < children; n++) yield Buffer.from(`${n}\n`);
    },
  },
  onEvent({ detail }) {
    const { status } = detail as { status: string };
    if (status !== 'RUNNING') resolve(status);
  },
});
const map = {
  Type: 'Map',
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL' },
    Arguments: { Bucket: 'b', Key: 'k' },
  },
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Nothing',
    States: { Nothing: { Type: 'Pass', Output: 0, End: true } },
  },
  MaxConcurrency: 50,
  End: true,
};
const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Map', States: { Map: map } });
service.createStateMachine({ name: 'scale', arn: MACHINE_ARN, roleArn: 'role', definition });

const megabytes = () => process.memoryUsage().rss / 2 ** 20;
const before = megabytes();
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, megabytes());
}, 20);
const started = performance.now();
service.startExecution({ stateMachineArn: MACHINE_ARN, input: '{}' });
const status = await ended;
const seconds = Math.round(performance.now() - started) / 1000;
clearInterval(watch);
await service.close();
rmSync(directory, { recursive: true });
console.log(JSON.stringify({ status, children, seconds, peakMb: Math.round(peak - before) }));
