import { describe, expect, it } from 'vitest';
import { LambdaError, run } from './run.ts';

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
};

const DESTINATION = { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'b', Prefix: 'p' } };

/** Runs a Map over 1 and 2, whose function gives `[n]` and fails for `broken`. */
async function written(ResultWriter: object, { broken = 0, more = {} } = {}) {
  const objects = new Map<string, string>();
  const f = (event: unknown) => {
    if (event === broken) throw new LambdaError('Broken', 'in words');
    return [event];
  };
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'C',
    States: { C: INVOKE },
  };
  const state = {
    Type: 'Map',
    Label: 'L',
    Items: [1, 2],
    MaxConcurrency: 1,
    ItemProcessor,
    ResultWriter,
    End: true,
    ...more,
  };
  const writeObject = async ({ Key, Body }: { Key: string; Body: Iterable<string> }) =>
    void objects.set(Key.replace(/[0-9a-f-]{36}/, 'ID'), [...Body].join(''));
  const { result, error } = await run(
    { StartAt: 'M', States: { M: state } },
    { lambdas: { f }, integrations: { writeObject } },
  );
  return { result, error, objects, manifest: JSON.parse(objects.get('p/ID/manifest.json') ?? 'null') };
}

describe('a ResultWriter', () => {
  it('leaves the place of its manifest as the Map’s result', async () => {
    const { result, manifest, objects } = await written(DESTINATION);
    expect(result).toEqual({
      MapRunArn: expect.stringMatching(/:mapRun:machine\/L:[0-9a-f-]{36}$/),
      ResultWriterDetails: { Bucket: 'b', Key: expect.stringMatching(/^p\/[0-9a-f-]{36}\/manifest\.json$/) },
    });
    expect(manifest).toMatchObject({ DestinationBucket: 'b', ResultFiles: { FAILED: [], PENDING: [] } });
    const [{ Size }] = manifest.ResultFiles.SUCCEEDED;
    expect(Size).toBe(objects.get('p/ID/SUCCEEDED_0.json')?.length);
  });

  it('writes each child with its metadata', async () => {
    const { objects } = await written(DESTINATION);
    const records = JSON.parse(objects.get('p/ID/SUCCEEDED_0.json') ?? '');
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({ Input: '1', Output: '[1]', Status: 'SUCCEEDED', RedriveCount: 0 });
  });

  it.each([
    ['COMPACT', 'JSON', '[[1],[2]]'],
    ['FLATTEN', 'JSON', '[1,2]'],
    ['COMPACT', 'JSONL', '[1]\n[2]\n'],
  ])('%s as %s writes the outputs alone', async (Transformation, OutputType, expected) => {
    const { objects } = await written({ ...DESTINATION, WriterConfig: { OutputType, Transformation } });
    expect(objects.get('p/ID/SUCCEEDED_0.json')).toBe(expected);
  });

  it('without a place gives the transformed outputs as the result', async () => {
    const { result, objects } = await written({ WriterConfig: { OutputType: 'JSON', Transformation: 'FLATTEN' } });
    expect([result, objects.size]).toEqual([[1, 2], 0]);
  });

  it('writes what failed and what never started when the Map fails', async () => {
    const { error, objects } = await written(DESTINATION, { broken: 1 });
    expect(error).toBe('States.ExceedToleratedFailureThreshold');
    expect(JSON.parse(objects.get('p/ID/FAILED_0.json') ?? '')).toMatchObject([
      { Input: '1', Status: 'FAILED', Error: 'Broken', RedriveStatus: 'REDRIVABLE_BY_MAP_RUN' },
    ]);
    expect(JSON.parse(objects.get('p/ID/PENDING_0.json') ?? '')).toMatchObject([{ Input: '2' }]);
  });

  it('that may not write fails the Map', async () => {
    const failing = { ...DESTINATION, Arguments: { Bucket: '{% "b" %}', Prefix: 'p' } };
    const { error } = await run(
      {
        StartAt: 'M',
        States: {
          M: {
            Type: 'Map',
            Items: [1],
            ItemProcessor: {
              ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
              StartAt: 'C',
              States: { C: { Type: 'Pass', End: true } },
            },
            ResultWriter: failing,
            End: true,
          },
        },
      },
      { integrations: { writeObject: () => Promise.reject(new Error('no')) } },
    );
    expect(error).toBe('States.ResultWriterFailed');
  });
});
