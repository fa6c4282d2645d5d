import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LambdaError, run, type Setting } from './run.ts';

const PROCESSOR = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'C' };
const PASS = { Type: 'Pass', End: true };
const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
};

function map(more: object, child: object = PASS) {
  const ItemProcessor = { ...PROCESSOR, States: { C: child } };
  return { StartAt: 'M', States: { M: { Type: 'Map', Label: 'L', ItemProcessor, End: true, ...more } } };
}

const reading = (ReaderConfig: object, Key = 'k') => ({
  ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig, Arguments: { Bucket: 'b', Key } },
});
const object = (k: string): Setting => ({ objects: { k } });
const CSV = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };

describe('an ItemReader of CSV', () => {
  const rows: [string, object, string, unknown][] = [
    [
      'pads short rows and drops what goes beyond the header',
      CSV,
      'a,b\n1\n1,2,3\n',
      [
        { a: '1', b: '' },
        { a: '1', b: '2' },
      ],
    ],
    [
      'takes the headers that it is given',
      { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['x'] },
      '1\n2',
      [{ x: '1' }, { x: '2' }],
    ],
    [
      'reads quotes, doubled ones and line ends inside them',
      CSV,
      'a,b\r\n"1,""2""","x\ny"\r\n',
      [{ a: '1,"2"', b: 'x\ny' }],
    ],
    ['knows other delimiters', { ...CSV, CSVDelimiter: 'PIPE' }, 'a|b\n1,0|2', [{ a: '1,0', b: '2' }]],
    ['drops a single backslash', CSV, 'a\nx\\y\\\\z', [{ a: 'xy\\z' }]],
    ['reads no more than MaxItems', { ...CSV, MaxItems: 1 }, 'a\n1\n2', [{ a: '1' }]],
    ['reads all with MaxItems 0', { ...CSV, MaxItems: 0 }, 'a\n1\n2', [{ a: '1' }, { a: '2' }]],
    ['gives no item for a header alone', CSV, 'a,b\n', []],
  ];
  it.each(rows)('%s', async (_, config, text, expected) => {
    expect((await run(map(reading(config)), object(text))).result).toEqual(expected);
  });

  it('refuses a header of more than 10 KiB', async () => {
    const { error, cause } = await run(map(reading(CSV)), object(`${'x'.repeat(10_241)}\n1`));
    expect([error, cause]).toEqual([
      'States.ItemReaderFailed',
      'The header of the CSV object is longer than 10240 bytes.',
    ]);
  });
});

describe('an ItemReader of JSON', () => {
  const JSON_TYPE = { InputType: 'JSON' };
  const values: [string, object, string, unknown][] = [
    ['takes the elements of an array', JSON_TYPE, '[1,"a",null]', [1, 'a', null]],
    ['takes the members of an object', JSON_TYPE, '{"a":1}', [{ Key: 'a', Value: 1 }]],
    ['finds them by a JSON Pointer', { ...JSON_TYPE, ItemsPointer: '/a/1/b~1c' }, '{"a":[0,{"b/c":[7]}]}', [7]],
    ['reads no more than MaxItems', { ...JSON_TYPE, MaxItems: '{% 1 + 1 %}' }, '[1,2,3]', [1, 2]],
  ];
  it.each(values)('%s', async (_, config, text, expected) => {
    expect((await run(map(reading(config)), object(text))).result).toEqual(expected);
  });

  it.each([
    ['"text"', JSON_TYPE, 'Attempting to map over non-iterable node.'],
    ['{"secret":', JSON_TYPE, 'The object is not valid JSON.'],
    ['[1]', { ...JSON_TYPE, MaxItems: '{% -1 %}' }, 'field MaxItems must be positive'],
    ['{}', { ...JSON_TYPE, ItemsPointer: '/a' }, 'The ItemsPointer points at nothing in the object.'],
  ])('%s with %j is States.ItemReaderFailed, which quotes nothing', async (text, config, expected) => {
    const { error, cause } = await run(map(reading(config)), object(text));
    expect([error, cause]).toEqual(['States.ItemReaderFailed', expected]);
  });
});

it.each([
  ['k.gz', gzipSync('1\n2')],
  ['k.zstd', zstdCompressSync('1\n2')],
])('an object is decompressed when its key says so: %s', async (key, bytes) => {
  const readObject = async function* () {
    yield bytes;
  };
  expect((await run(map(reading({ InputType: 'JSONL' }, key)), { integrations: { readObject } })).result).toEqual([
    1, 2,
  ]);
});

describe('the items of a distributed Map', () => {
  it('may be the members of an object, whose names an ItemSelector sees', async () => {
    const more = { Items: { a: '{% 1 %}' }, ItemSelector: '{% $states.context.Map.Item %}' };
    const expected = [{ Index: 0, Key: 'a', Value: { Key: 'a', Value: 1 }, Source: 'STATE_DATA' }];
    expect((await run(map(more))).result).toEqual(expected);
  });

  it('tell their number in MapStateStarted', async () => {
    const { events } = await run(map({ Items: [1, 2] }));
    expect(events[2]?.details).toEqual({ length: 2 });
  });

  it('come in batches of MaxItemsPerBatch with their BatchInput', async () => {
    const ItemBatcher = { MaxItemsPerBatch: '{% 2 %}', BatchInput: { run: '{% $states.context.Execution.Name %}' } };
    expect((await run(map({ Items: [1, 2, 3], ItemBatcher }))).result).toEqual([
      { BatchInput: { run: 'run' }, Items: [1, 2] },
      { BatchInput: { run: 'run' }, Items: [3] },
    ]);
  });

  it('come in batches of at most MaxInputBytesPerBatch', async () => {
    const Items = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];
    const { result } = await run(map({ Items, ItemBatcher: { MaxInputBytesPerBatch: 100 } }));
    expect((result as { Items: unknown[] }[]).map(({ Items: { length } }) => length)).toEqual([2, 1]);
    for (const batch of result as unknown[]) expect(JSON.stringify(batch).length).toBeLessThanOrEqual(100);
  });
});

describe('tolerated failures', () => {
  /** Items 0 to 9, of which the first ones fail. */
  const failing = (failures: number, more: object) => {
    const f = (event: unknown) => {
      const items = typeof event === 'number' ? [event] : (event as { Items: number[] }).Items;
      if (items.some((item) => item < failures)) throw new LambdaError('Broken');
      return items;
    };
    return run(map({ Items: Array.from({ length: 10 }, (_, n) => n), ...more }, INVOKE), { lambdas: { f } });
  };
  const cases: [object, number, string][] = [
    [{}, 1, 'FAILED'],
    [{ ToleratedFailureCount: 2 }, 2, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 2 }, 3, 'FAILED'],
    [{ ToleratedFailurePercentage: 20 }, 2, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 19.5 }, 2, 'FAILED'],
    [{ ToleratedFailurePercentage: 100 }, 10, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 5, ToleratedFailurePercentage: 10 }, 2, 'FAILED'],
    [{ ToleratedFailureCount: '{% 3 %}', ItemBatcher: { MaxItemsPerBatch: 4 } }, 1, 'FAILED'],
    [{ ToleratedFailureCount: '{% 4 %}', ItemBatcher: { MaxItemsPerBatch: 4 } }, 1, 'SUCCEEDED'],
  ];
  it.each(cases)('%j: of ten items %i fail, the Map is %s', async (more, failures, expected) => {
    const { status, error, cause } = await failing(failures, more);
    expect(status).toBe(expected);
    if (expected === 'SUCCEEDED') return;
    expect([error, cause]).toEqual([
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    ]);
  });

  it.each([
    [{ ToleratedFailureCount: '{% -1 %}' }, 'ToleratedFailureCount cannot be negative.', 4],
    [{ ToleratedFailurePercentage: '{% 100.5 %}' }, 'ToleratedFailurePercentage must be between 0 and 100.', 4],
    [{ MaxConcurrency: '{% -1 %}' }, 'MaxConcurrency cannot be negative.', 3],
  ])('%j fails the execution with States.Runtime', async (more, expected, length) => {
    const { error, cause, events } = await failing(0, more);
    expect(error).toBe('States.Runtime');
    expect(cause).toMatch(expected);
    expect(events).toHaveLength(length);
  });
});
