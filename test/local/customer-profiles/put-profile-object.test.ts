import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BAD_REQUEST, DOMAIN, failure, NOT_FOUND, objectType, startProfiles } from './profiles-fixture.ts';

let profiles: Awaited<ReturnType<typeof startProfiles>>;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.end());

describe('the standard profile', () => {
  it('is filled through the targets', async () => {
    await profiles.put({
      customerId: 'A1',
      firstName: '太郎',
      city: 'Osaka',
      country: 'JP',
      plan: 'gold',
      untargeted: 'x',
    });
    expect(await profiles.profile('A1')).toEqual({
      AccountNumber: 'A1',
      FirstName: '太郎',
      Address: { City: 'Osaka', Country: 'JP' },
      Attributes: { plan: 'gold' },
    });
  });

  it('accumulates: a later object changes only the fields that it holds', async () => {
    await profiles.put({ customerId: 'A2', firstName: 'Ann', city: 'Kyoto', country: 'JP', plan: 'gold' });
    await profiles.put({ customerId: 'A2', firstName: 'Anna', city: 'Nara' });
    expect(await profiles.profile('A2')).toEqual({
      AccountNumber: 'A2',
      FirstName: 'Anna',
      Address: { City: 'Nara', Country: 'JP' },
      Attributes: { plan: 'gold' },
    });
  });

  it.each([[''], [null], [undefined]])('keeps a field that a later object gives as %j', async (firstName) => {
    await profiles.put({ customerId: 'A3', firstName: 'Ann' });
    await profiles.put({ customerId: 'A3', firstName });
    expect(await profiles.profile('A3')).toMatchObject({ FirstName: 'Ann' });
  });

  it('takes numbers and booleans as their text', async () => {
    await profiles.put({ customerId: 42, plan: true });
    expect(await profiles.profile('42')).toEqual({ AccountNumber: '42', Attributes: { plan: 'true' } });
  });
});

describe('the profile object', () => {
  it('is replaced as a whole by the next one with the same UNIQUE value, and keeps its unique key', async () => {
    const first = await profiles.put({ customerId: 'B1', firstName: 'Ann', plan: 'gold' });
    const second = await profiles.put({ customerId: 'B1', lastName: 'Lee' });
    expect(second).toBe(first);
    const stored = { ObjectTypeName: 'Customer', ProfileObjectUniqueKey: first };
    expect(await profiles.objects('B1')).toEqual([
      { ...stored, Object: JSON.stringify({ customerId: 'B1', lastName: 'Lee' }) },
    ]);
  });

  it('is no longer found by the key values that it had before', async () => {
    await profiles.put({ customerId: 'B2', email: 'old@example.com' });
    await profiles.put({ customerId: 'B2', email: 'new@example.com' });
    expect(await profiles.search('_email', ['old@example.com'])).toEqual([]);
    expect(await profiles.search('_email', ['new@example.com'])).toHaveLength(1);
  });

  it('is told apart by case in the UNIQUE value', async () => {
    const keys = [await profiles.put({ customerId: 'b3' }), await profiles.put({ customerId: 'B3' })];
    expect(new Set(keys).size).toBe(2);
    expect(await profiles.profile('b3')).toEqual({ AccountNumber: 'b3' });
  });

  it('and its profile outlive a restart', async () => {
    await profiles.put({ customerId: 'B4', firstName: 'Ann' });
    await profiles.restart();
    expect(await profiles.profile('B4')).toEqual({ AccountNumber: 'B4', FirstName: 'Ann' });
    await profiles.put({ customerId: 'B4', lastName: 'Lee' });
    expect(await profiles.profile('B4')).toEqual({ AccountNumber: 'B4', FirstName: 'Ann', LastName: 'Lee' });
  });
});

describe('finding the profile', () => {
  const types = [
    objectType(
      'Order',
      [['orderId'], ['customerId'], ['lastOrder', '_profile.Attributes.lastOrder']],
      [
        ['orderKey', 'orderId', 'UNIQUE'],
        ['customerKey', 'customerId', 'PROFILE', 'LOOKUP_ONLY'],
      ],
      { AllowProfileCreation: false },
    ),
    objectType(
      'Contact',
      [['contactId'], ['phone', undefined, 'PHONE_NUMBER'], ['email', undefined, 'EMAIL_ADDRESS']],
      [
        ['contactKey', 'contactId', 'UNIQUE'],
        ['_phone', 'phone', 'PROFILE'],
        ['_email', 'email', 'PROFILE', 'SECONDARY'],
      ],
    ),
  ];
  beforeAll(() => {
    for (const type of types) profiles.service().putObjectType(DOMAIN, type);
  });

  it('a key name with the same value means the same person in every object type', async () => {
    await profiles.put({ customerId: 'C1', firstName: 'Ann' });
    await profiles.put({ orderId: 'O1', customerId: 'C1', lastOrder: 'today' }, 'Order');
    expect(await profiles.profile('C1')).toMatchObject({ FirstName: 'Ann', Attributes: { lastOrder: 'today' } });
    expect(await profiles.objects('C1', 'Order')).toHaveLength(1);
  });

  it('an object that finds none, of a type that may not create one, is accepted and leaves nothing', async () => {
    const before = profiles.service().stats().unmatched;
    await profiles.put({ orderId: 'O2', customerId: 'nobody' }, 'Order');
    expect(await profiles.search('orderKey', ['O2'])).toEqual([]);
    expect(profiles.service().stats().unmatched).toBe(before + 1);
  });

  it('an object whose PROFILE keys are all empty is refused', async () => {
    expect(await failure(profiles.put({ orderId: 'O3', customerId: '' }, 'Order'))).toEqual(BAD_REQUEST);
  });

  it('a key that two profiles have is ambiguous and skipped, and the SECONDARY key decides', async () => {
    await profiles.put({ customerId: 'C2', phone: '+81 90-1111-2222', email: 'c2@example.com' });
    await profiles.put({ customerId: 'C3', phone: '+819011112222', email: 'c3@example.com' });
    await profiles.put({ contactId: 'K1', phone: '+81 9011112222', email: 'C3@example.com' }, 'Contact');
    expect(await profiles.objects('C3', 'Contact')).toHaveLength(1);
    expect(await profiles.objects('C2', 'Contact')).toHaveLength(0);
  });

  it('the SECONDARY key is not asked while a primary key finds one', async () => {
    await profiles.put({ customerId: 'C4', phone: '+815011110000' });
    await profiles.put({ customerId: 'C5', email: 'c5@example.com' });
    await profiles.put({ contactId: 'K2', phone: '+815011110000', email: 'c5@example.com' }, 'Contact');
    expect(await profiles.objects('C4', 'Contact')).toHaveLength(1);
  });

  it('an inferred profile gets the phone number and e-mail address that have no target', async () => {
    await profiles.put({ contactId: 'K3', phone: '+815022220000', email: 'k3@example.com' }, 'Contact');
    const [found] = await profiles.search('contactKey', ['K3']);
    expect(found).toMatchObject({ PhoneNumber: '+815022220000', EmailAddress: 'k3@example.com' });
  });
});

describe('refusals', () => {
  it.each([
    ['not JSON', '{"customerId":'],
    ['no object', '["R1"]'],
    ['empty', ''],
    ['without the UNIQUE field', { firstName: 'Ann' }],
    ['with an empty UNIQUE field', { customerId: '', firstName: 'Ann' }],
    ['with a structure as a field', { customerId: 'R1', firstName: { of: 'Ann' } }],
    ['with 256 characters in a profile field', { customerId: 'R1', firstName: 'x'.repeat(256) }],
    ['with 256 characters in an address', { customerId: 'R1', city: 'x'.repeat(256) }],
    ['with 256 characters in an attribute', { customerId: 'R1', plan: 'x'.repeat(256) }],
    ['with 1,001 characters of additional information', { customerId: 'R1', notes: 'x'.repeat(1001) }],
    ['with an unknown gender', { customerId: 'R1', gender: 'female' }],
    ['of 256,001 characters', '{"customerId":"R1"}'.padEnd(256_001)],
    ['of more than 250 KB in fewer characters', { customerId: 'R1', untargeted: '客'.repeat(90_000) }],
  ])('an object %s', async (_, object) => {
    expect(await failure(profiles.put(object))).toEqual(BAD_REQUEST);
    expect(await profiles.search('customerKey', ['R1'])).toEqual([]);
  });

  it('the longest values and objects that are allowed are taken', async () => {
    const longest = { customerId: 'R2', firstName: 'x'.repeat(255), notes: 'x'.repeat(1000), untargeted: '' };
    longest.untargeted = 'x'.repeat(256_000 - JSON.stringify(longest).length);
    await profiles.put(longest);
    expect((await profiles.profile('R2')).FirstName).toHaveLength(255);
  });

  it.each([
    ['an unknown domain', 'Customer', 'other', NOT_FOUND],
    ['an unknown object type', 'Other', DOMAIN, NOT_FOUND],
    ['a standard object type', '_profile', DOMAIN, BAD_REQUEST],
    ['a malformed object type', 'no spaces', DOMAIN, BAD_REQUEST],
    ['a malformed domain', 'Customer', 'no.dots', BAD_REQUEST],
    ['a domain of 65 characters', 'Customer', 'd'.repeat(65), BAD_REQUEST],
  ])('%s', async (_, type, domain, expected) => {
    expect(await failure(profiles.put({ customerId: 'R3' }, type, domain))).toEqual(expected);
  });
});

describe('matching', () => {
  it('comes after the answer, in the order of the calls, and is made up for after a restart', async () => {
    profiles.service().configure({ matchingDelayMs: 200 });
    await profiles.put({ customerId: 'M1', firstName: 'first', lastName: 'Lee' });
    await profiles.put({ customerId: 'M1', firstName: 'second' });
    const atOnce = await profiles.search('customerKey', ['M1']);
    await profiles.restart();
    const found = await vi.waitFor(() => profiles.profile('M1'), { timeout: 20_000 });
    expect(atOnce).toEqual([]);
    await vi.waitFor(async () => expect((await profiles.profile('M1')).FirstName).toBe('second'), { timeout: 20_000 });
    expect(found.LastName).toBe('Lee');
  });
});
