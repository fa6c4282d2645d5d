import { describe, expect, it } from 'vitest';
import { loadDefinition } from '../../../local/states/definition.ts';
import { DefinitionError } from '../../../local/states/errors.ts';

function faultsOf(definition: unknown): readonly string[] {
  try {
    loadDefinition(JSON.stringify(definition));
  } catch (error) {
    if (error instanceof DefinitionError) return error.faults;
    throw error;
  }
  return [];
}

const machine = (states: unknown, more = {}) => ({ QueryLanguage: 'JSONata', StartAt: 'A', States: states, ...more });
const only = (state: unknown) => machine({ A: state });

const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f' },
  End: true,
};
const MAP = {
  Type: 'Map',
  Label: 'Chunks',
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL' },
    Arguments: { Bucket: 'b', Key: 'k', VersionId: 'v' },
  },
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'B',
    States: { B: { Type: 'Pass', End: true } },
  },
  End: true,
};

const refused: [string, unknown, string][] = [
  ['a field that is not known', machine({ A: { Type: 'Pass', End: true } }, { Foo: 1 }), 'Foo: not supported'],
  ['a field of JSONPath', only({ Type: 'Pass', InputPath: '$', End: true }), 'States.A.InputPath: not supported'],
  [
    'another query language',
    machine({ A: { Type: 'Pass', End: true } }, { QueryLanguage: 'JSONPath' }),
    "QueryLanguage: 'JSONPath' is not supported; supported: JSONata",
  ],
  [
    'a state type',
    only({ Type: 'Loop', End: true }),
    "States.A.Type: 'Loop' is not supported; supported: Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait",
  ],
  [
    'a resource',
    only({ ...INVOKE, Resource: 'arn:aws:states:::sqs:sendMessage' }),
    "States.A.Resource: 'arn:aws:states:::sqs:sendMessage' is not supported; supported: arn:aws:states:::lambda:invoke, arn:aws:states:::sns:publish",
  ],
  [
    'an argument of a resource',
    only({ ...INVOKE, Arguments: { FunctionName: 'f', InvocationType: 'Event' } }),
    'States.A.Arguments.InvocationType: not supported',
  ],
  ['a heartbeat', only({ ...INVOKE, HeartbeatSeconds: 5 }), 'States.A.HeartbeatSeconds: not supported'],
  [
    'a time limit of 0',
    only({ ...INVOKE, TimeoutSeconds: 0 }),
    'States.A.TimeoutSeconds: must be of type integer of at least 1, or a JSONata expression',
  ],
  [
    'an unknown jitter strategy',
    only({ ...INVOKE, Retry: [{ ErrorEquals: ['X'], JitterStrategy: 'SOME' }] }),
    "States.A.Retry[0].JitterStrategy: 'SOME' is not supported; supported: NONE, FULL",
  ],
  [
    'a field of a retrier',
    only({ ...INVOKE, Retry: [{ ErrorEquals: ['X'], Attempts: 1 }] }),
    'States.A.Retry[0].Attempts: not supported',
  ],
  [
    'a retrier without errors',
    only({ ...INVOKE, Retry: [{ ErrorEquals: [] }] }),
    'States.A.Retry[0].ErrorEquals: must be a list of strings that is not empty',
  ],
  [
    'States.ALL before the last retrier',
    only({ ...INVOKE, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }] }),
    'States.A.Retry[0].ErrorEquals: States.ALL must stand alone, in the last entry',
  ],
  [
    'States.ALL in company',
    only({ ...INVOKE, Catch: [{ ErrorEquals: ['X', 'States.ALL'], Next: 'A' }] }),
    'States.A.Catch[0].ErrorEquals: States.ALL must stand alone, in the last entry',
  ],
  [
    'a backoff below 1',
    only({ ...INVOKE, Retry: [{ ErrorEquals: ['X'], BackoffRate: 0.5 }] }),
    'States.A.Retry[0].BackoffRate: must be a number of at least 1',
  ],
  [
    'a Parallel without branches',
    only({ Type: 'Parallel', Branches: [], End: true }),
    'States.A.Branches: must be a list of objects that is not empty',
  ],
  [
    'a field inside a branch',
    only({
      Type: 'Parallel',
      Branches: [{ StartAt: 'B', States: { B: { Type: 'Pass', Result: 1, End: true } } }],
      End: true,
    }),
    'States.A.Branches[0].States.B.Result: not supported',
  ],
  [
    'item batches without a size',
    only({ ...MAP, ItemBatcher: {} }),
    'States.A.ItemBatcher.MaxItemsPerBatch: an ItemBatcher has MaxItemsPerBatch, MaxInputBytesPerBatch or both',
  ],
  [
    'an empty result writer',
    only({ ...MAP, ResultWriter: {} }),
    'States.A.ResultWriter.WriterConfig: a ResultWriter may not be empty',
  ],
  [
    'a negative count of tolerated failures',
    only({ ...MAP, ToleratedFailureCount: -1 }),
    'States.A.ToleratedFailureCount: must be of type integer of at least 0, or a JSONata expression',
  ],
  [
    'a percentage of tolerated failures above 100',
    only({ ...MAP, ToleratedFailurePercentage: 101 }),
    'States.A.ToleratedFailurePercentage: must be of type number from 0 to 100, or a JSONata expression',
  ],
  [
    'another input type',
    only({ ...MAP, ItemReader: { ...MAP.ItemReader, ReaderConfig: { InputType: 'PARQUET' } } }),
    "States.A.ItemReader.ReaderConfig.InputType: 'PARQUET' is not supported; supported: CSV, JSON, JSONL",
  ],
  [
    'given CSV headers that are not given',
    only({
      ...MAP,
      ItemReader: { ...MAP.ItemReader, ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'GIVEN' } },
    }),
    'States.A.ItemReader.ReaderConfig.CSVHeaders: go with "CSVHeaderLocation": "GIVEN", and it with them',
  ],
  [
    'both Items and an ItemReader',
    only({ ...MAP, Items: [1] }),
    'States.A.Items: a Map has either Items or an ItemReader',
  ],
  [
    'an ItemReader of an inline Map',
    only({ ...MAP, Label: undefined, ItemProcessor: { ...MAP.ItemProcessor, ProcessorConfig: { Mode: 'INLINE' } } }),
    'States.A.ItemReader: not supported',
  ],
  [
    'express children',
    only({
      ...MAP,
      ItemProcessor: { ...MAP.ItemProcessor, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } },
    }),
    "States.A.ItemProcessor.ProcessorConfig.ExecutionType: 'EXPRESS' is not supported; supported: STANDARD",
  ],
  [
    'a field inside a Map',
    only({ ...MAP, ItemProcessor: { ...MAP.ItemProcessor, States: { B: { Type: 'Pass', Result: 1, End: true } } } }),
    'States.A.ItemProcessor.States.B.Result: not supported',
  ],
  [
    'a label with a space',
    only({ ...MAP, Label: 'my chunks' }),
    'States.A.Label: must have 1 to 40 characters, without white space and ?*<>{}[]:;,\\|^~$#%&`"',
  ],
  [
    'a label of 41 characters',
    only({ ...MAP, Label: 'x'.repeat(41) }),
    'States.A.Label: must have 1 to 40 characters, without white space and ?*<>{}[]:;,\\|^~$#%&`"',
  ],
  [
    'a state name used twice',
    machine({ A: { ...MAP, End: undefined, Next: 'B' }, B: { Type: 'Succeed' } }),
    'States.B: is the name of another state too',
  ],
  ['a next state that does not exist', only({ Type: 'Pass', Next: 'Z' }), "States.A.Next: there is no state 'Z' here"],
  ['a start that does not exist', machine({ B: { Type: 'Succeed' } }), "StartAt: there is no state 'A' here"],
  [
    'a state with both Next and End',
    machine({ A: { Type: 'Pass', Next: 'A', End: true } }),
    'States.A.Next: a state has either Next or "End": true',
  ],
  ['a state with neither', only({ Type: 'Pass' }), 'States.A.Next: a state has either Next or "End": true'],
  [
    'a choice rule without a condition',
    only({ Type: 'Choice', Choices: [{ Next: 'A' }] }),
    'States.A.Choices[0].Condition: is required',
  ],
  [
    'a broken expression',
    only({ Type: 'Pass', Output: '{% 1 + %}', End: true }),
    'States.A.Output: not a JSONata expression: Unexpected end of expression',
  ],
  [
    'an expression that is not closed',
    only({ Type: 'Pass', Output: '{% 1', End: true }),
    'States.A.Output: starts with {% and must end with %}',
  ],
  [
    'the variable states',
    only({ Type: 'Pass', Assign: { states: 1 }, End: true }),
    "States.A.Assign: the variable name 'states' is reserved",
  ],
];

describe('a definition', () => {
  it.each(refused)('is refused, by path, for %s', (_, definition, fault) => {
    expect(faultsOf(definition)).toContain(fault);
  });

  it('is accepted with every field that is supported', () => {
    const retry = {
      Comment: 'c',
      ErrorEquals: ['A', 'B'],
      IntervalSeconds: 2,
      MaxAttempts: 0,
      BackoffRate: 1.5,
      MaxDelaySeconds: 60,
      JitterStrategy: 'FULL',
    };
    const states = {
      A: {
        ...INVOKE,
        Comment: 'c',
        TimeoutSeconds: 5,
        Retry: [retry],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'W' }],
        Assign: { x: 1 },
        Output: 1,
      },
      M: {
        ...MAP,
        ItemSelector: { n: '{% $states.context.Map.Item.Index %}' },
        MaxConcurrency: '{% 1 + 1 %}',
        Retry: [retry],
      },
      W: { Type: 'Wait', Seconds: 1, Next: 'C' },
      C: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'S', Assign: { y: 2 } }], Default: 'F' },
      F: { Type: 'Fail', Error: 'E', Cause: '{% $x %}' },
      S: { Type: 'Succeed', Output: {} },
    };
    expect(faultsOf(machine(states, { Comment: 'c', Version: '1.0', TimeoutSeconds: 60 }))).toEqual([]);
  });

  it('is refused with all of its faults at once', () => {
    expect(faultsOf(machine({ A: { Type: 'Pass', Foo: 1, Bar: 2, End: true } }))).toEqual([
      'States.A.Foo: not supported',
      'States.A.Bar: not supported',
    ]);
  });

  it('is refused if it is no JSON object', () => {
    expect(() => loadDefinition('{')).toThrow(DefinitionError);
    expect(() => loadDefinition('[]')).toThrow('must be a JSON object');
  });
});
