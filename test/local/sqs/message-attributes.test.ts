import { expect, it } from 'vitest';
import { type MessageAttributes, md5OfAttributes } from '../../../local/sqs/message-attributes.ts';

const number = (StringValue: string, type = '') => ({ DataType: `Number${type}`, StringValue });

/** The digests that the tests of moto have from AWS. */
it.each<[MessageAttributes, string | undefined]>([
  [{ timestamp: number('1493147359900') }, '235c5c510d26fb653d073faed50ae77c'],
  [{ timestamp: number('1493147359901') }, '994258b45346a2cc3f9cbb611aa7af30'],
  [{ timestamp: number('1493147359900', '.java.lang.Long') }, '2e2e4876d8e0bd6b8c2c8f556831c349'],
  [{ 'SOME_Valid.attribute-Name': number('1493147359900') }, '36655e7e9d7c0e8479fa3f3f42247ae7'],
  [{}, undefined],
])('%j have the digest %s', (attributes, digest) => {
  expect(md5OfAttributes(attributes)).toBe(digest);
});

it('the order of attributes changes nothing', () => {
  const [a, b] = [number('1'), { DataType: 'Binary', BinaryValue: 'AQI=' }];
  expect(md5OfAttributes({ a, b })).toBe(md5OfAttributes({ b, a }));
});
