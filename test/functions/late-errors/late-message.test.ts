import { readFileSync } from 'node:fs';
import type { SQSMessageAttributes } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PUT_ASIDE_CODES, readLateMessage } from '../../../functions/late-errors/late-message.ts';
import { smallMapping } from '../../helpers/mapping.ts';

const mapping = smallMapping();
const OBJECT = { id: 'C-1', name: 'Taro', email: 'taro@example.jp' };
const TEXT = JSON.stringify(OBJECT);
const OURS = { domainName: 'demo', objectTypeName: 'Customer' };
const REASON = 'No profile matches.';

function read(message: unknown, attributes: Readonly<Record<string, string>> = {}) {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return readLateMessage({ body, attributes: received(attributes) }, 'demo', mapping);
}

function received(attributes: Readonly<Record<string, string>>): SQSMessageAttributes {
  const entries = Object.entries(attributes);
  return Object.fromEntries(
    entries.map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
  ) as SQSMessageAttributes;
}

const READ = { ok: true, customerKey: 'C-1', object: OBJECT, reason: REASON };

describe('a late error is read', () => {
  it.each([
    ['with the object as JSON text', { ...OURS, object: TEXT, errorMessage: REASON }],
    ['with the object as an object', { ...OURS, object: OBJECT, errorMessage: REASON }],
    ['in the words of the API', { DomainName: 'demo', ObjectTypeName: 'Customer', Object: TEXT, Message: REASON }],
    [
      'with other spellings',
      { domain_name: 'demo', 'object-type-name': 'Customer', payload: TEXT, error_message: REASON },
    ],
    [
      'within an envelope',
      { version: '0', detail: { ...OURS, request: { object: TEXT }, error: { message: REASON } } },
    ],
    [
      'within a text in an envelope',
      { Type: 'Notification', Message: JSON.stringify({ ...OURS, object: TEXT, reason: REASON }) },
    ],
    ['within a list', { records: [{ ...OURS, data: [OBJECT] }], errors: [{ reason: REASON }] }],
    ['with an envelope that has a name of the mapping too', { ...OURS, id: 'message-7', object: TEXT, reason: REASON }],
    [
      'with an envelope whose names of the mapping are as many',
      { ...OURS, id: 'm', name: 'n', email: 'e', object: OBJECT, reason: REASON },
    ],
    ['without the name of its type, if it holds fields of the mapping alone', { object: TEXT, reason: REASON }],
  ])('%s', (_, message) => {
    expect(read(message)).toEqual(READ);
  });

  it.each([
    ['its reason', { ...OURS, object: TEXT }, { ErrorMessage: REASON }],
    ['all but the object', OBJECT, { DomainName: 'demo', ObjectTypeName: 'Customer', ErrorMessage: REASON }],
    ['another reason than its body', { ...OURS, object: TEXT, errorMessage: REASON }, { ErrorMessage: 'other' }],
  ])('with %s among its attributes', (_, message, attributes) => {
    expect(read(message, attributes)).toEqual(READ);
  });

  it('with a number where a text was put', () => {
    expect(read({ ...OURS, object: { id: 1, name: 'x' } })).toMatchObject({ ok: true, customerKey: '1' });
  });

  it('with a customer key as it was sent, blanks and all, since the ledger knows it so', () => {
    expect(read({ ...OURS, object: { id: 'C 1', name: 'x' } })).toMatchObject({ customerKey: 'C 1' });
  });

  it('with fields that the mapping no longer has, if it names the type', () => {
    expect(read({ ...OURS, object: { ...OBJECT, former: 'x' } })).toMatchObject({ ok: true, customerKey: 'C-1' });
  });

  it('without a reason', () => {
    expect(read({ ...OURS, object: TEXT })).toMatchObject({ ok: true, reason: 'Customer Profiles gave no reason.' });
  });

  it('with the reason of the service, whatever the fields of the customer are called', () => {
    const odd = smallMapping({
      fields: ['id', 'reason', 'domain', 'objectType', 'notes'].map((name) => ({ name, column: name })),
    });
    const object = { id: '1', reason: 'moved', domain: 'a.example', objectType: 'B', notes: '{"message":"hello"}' };
    const message = JSON.stringify({ ...OURS, object: JSON.stringify(object), cause: REASON });
    expect(readLateMessage({ body: message, attributes: {} }, 'demo', odd)).toEqual({
      ok: true,
      customerKey: '1',
      object,
      reason: REASON,
    });
  });
});

describe('a message is put aside', () => {
  it.each([
    ['UNREADABLE', 'that is no JSON', 'Taro'],
    ['UNREADABLE', 'that is a list', `[${TEXT}]`],
    ['UNREADABLE', 'without an object', { ...OURS, errorMessage: REASON }],
    ['UNREADABLE', 'with an object that was cut off', { ...OURS, object: TEXT.slice(0, -5) }],
    ['UNREADABLE', 'without a customer key', { ...OURS, object: { name: 'Taro' } }],
    ['UNREADABLE', 'with an empty customer key', { ...OURS, object: { ...OBJECT, id: '' } }],
    ['UNREADABLE', 'with a customer key that no record of ours can have', { ...OURS, object: { id: 'x'.repeat(256) } }],
    ['UNREADABLE', 'without the name of its type and with fields of another', { object: { ...OBJECT, size: 'L' } }],
    ['OTHER_DOMAIN', 'of another domain', { ...OURS, domainName: 'other', object: TEXT }],
    ['OTHER_OBJECT_TYPE', 'of another object type', { ...OURS, objectTypeName: 'Order', object: TEXT }],
    ['OTHER_OBJECT_TYPE', 'of another object type without our key', { ...OURS, objectTypeName: 'Order', object: '{}' }],
  ])('as %s: one %s', (code, _, message) => {
    expect(read(message)).toEqual({ ok: false, code });
  });

  it.each([
    ['OTHER_DOMAIN', { DomainName: 'other' }],
    ['OTHER_OBJECT_TYPE', { ObjectTypeName: 'Order' }],
  ])('as %s, as its attributes say', (code, attributes) => {
    expect(read(OBJECT, attributes)).toEqual({ ok: false, code });
  });

  it('and never stops the reader, whatever it holds', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (body) => !read(body).ok));
  });

  it('but not for what stands around our object, at any depth', () => {
    const wrap = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6, depthSize: 'small' },
        fc.constant(OBJECT),
        fc.constant(TEXT),
        tie('node').map((inner) => ({ inner, other: [1, 'two', null] })),
        tie('node').map((inner) => [inner]),
        tie('node').map((inner) => JSON.stringify({ inner })),
      ),
    })).node;
    fc.assert(
      fc.property(wrap, (inner) => {
        expect(read({ ...OURS, reason: REASON, inner })).toEqual(READ);
      }),
    );
  });
});

it('docs/late-errors.md has every code with its meaning', () => {
  const docs = readFileSync('docs/late-errors.md', 'utf8');
  for (const [code, meaning] of Object.entries(PUT_ASIDE_CODES)) expect(docs).toContain(`| \`${code}\` | ${meaning} |`);
});
