import { createHash } from 'node:crypto';
import { isObject } from '../states/json.ts';
import { invalidValue, SqsError } from './errors.ts';

/** A value of a message, beside its body. Of the two values it has the one that its data type asks for. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with a type of the sender's own behind a dot. */
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const MAX_ATTRIBUTES = 10;

/** @throws SqsError naming the attribute that is no such */
export function readAttributes(value: unknown): MessageAttributes {
  const entries = Object.entries(isObject(value) ? value : {});
  if (entries.length > MAX_ATTRIBUTES) {
    const reason = `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`;
    throw new SqsError('InvalidParameterValueException', reason);
  }
  return Object.fromEntries(entries.map(([name, attribute]) => [name, readAttribute(name, attribute)]));
}

function readAttribute(name: string, value: unknown): MessageAttribute {
  const { DataType, StringValue, BinaryValue } = isObject(value) ? value : {};
  if (!/^[\w.-]{1,256}$/.test(name)) throw invalidValue(name, 'MessageAttributes', 'It is no name of an attribute.');
  if (typeof DataType === 'string' && /^(String|Number)(\..+)?$/.test(DataType) && typeof StringValue === 'string') {
    if (StringValue !== '') return { DataType, StringValue };
  }
  if (typeof DataType === 'string' && /^Binary(\..+)?$/.test(DataType) && typeof BinaryValue === 'string') {
    return { DataType, BinaryValue };
  }
  throw invalidValue(name, 'MessageAttributes', 'The attribute must have a data type and a value of that type.');
}

/** Those that a receiver asked for: by name, by `prefix.*`, or all. */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  const asked = (attribute: string) =>
    names.some((name) =>
      name === 'All' ? true : name.endsWith('.*') ? attribute.startsWith(name.slice(0, -2)) : attribute === name,
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => asked(name)));
}

export const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

const STRING_VALUE = 1;
const BINARY_VALUE = 2;

/**
 * Undefined if there are none.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue, BinaryValue = '' } = attributes[name] ?? {};
    const [type, value] =
      StringValue === undefined
        ? [BINARY_VALUE, Buffer.from(BinaryValue, 'base64')]
        : [STRING_VALUE, Buffer.from(StringValue)];
    return [
      ...withLength(Buffer.from(name)),
      ...withLength(Buffer.from(DataType)),
      Buffer.of(type),
      ...withLength(value),
    ];
  });
  return md5(Buffer.concat(parts));
}

function withLength(value: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return [length, value];
}

/** What they count for in the size of a message. */
export function sizeOfAttributes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + Buffer.from(BinaryValue, 'base64').length,
    0,
  );
}
