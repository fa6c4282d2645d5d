import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleFile, mappingOf, valuesOf } from './example.ts';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const DAY_MS = 86_400_000;
const file = exampleFile();
const mapping = mappingOf(file);
const withUpdatedAt = mappingOf({ ...file, updatedAt: { column: 'Changed' } });
const withFields = (...fields: readonly unknown[]) => mappingOf({ ...file, fields: [...file.fields, ...fields] });

const taro = {
  'Customer ID': ' c-1 ',
  'Last Name': '山田',
  'E-Mail': 'Taro@Example.com',
  Phone: '090-1234-5678',
};

describe('columns', () => {
  it('are those of the fields and of updatedAt, each once', () => {
    const twice = mappingOf({
      ...file,
      updatedAt: { column: 'Changed' },
      fields: [...file.fields, { name: 'mail', column: 'E-Mail' }],
    });
    expect(twice.columns).toEqual(['Customer ID', 'Last Name', 'E-Mail', 'Phone', 'Changed']);
    expect(twice.keyColumn).toBe(0);
    expect(twice.updatedAtColumn).toBe(4);
    expect(mapping.updatedAtColumn).toBeUndefined();
  });
});

describe('identify', () => {
  it('reads the customer key trimmed', () => {
    expect(mapping.identify(valuesOf(mapping, taro), NOW)).toEqual({ ok: true, customerKey: 'c-1' });
  });

  it('reads the customer key as it is mapped', () => {
    const [id, ...others] = file.fields;
    const byMail = mappingOf({ ...file, fields: [{ ...id, normalize: 'email' }, ...others] });
    expect(byMail.customerKey('Taro@Example.com ')).toBe('taro@example.com');
    expect(byMail.customerKey(' \u3000 ')).toBeUndefined();
  });

  it('rejects a row without a value that the mapping requires, though the fingerprint is the same without that rule', () => {
    const [id, lastName, ...others] = file.fields;
    const strict = mappingOf({ ...file, fields: [id, { ...lastName, required: true }, ...others] });
    const values = valuesOf(strict, { ...taro, 'Last Name': ' ' });
    expect(strict.identify(values, NOW)).toEqual({
      ok: false,
      rejection: {
        code: 'MISSING_VALUE',
        reason: 'Field lastName (column Last Name) is empty, but the mapping requires it.',
      },
    });
    expect(mapping.identify(values, NOW).ok).toBe(true);
    expect(strict.fingerprint(values)).toBe(mapping.fingerprint(values));
  });

  it('reads the source time', () => {
    const values = valuesOf(withUpdatedAt, { ...taro, Changed: '2026-11-20T10:00:00Z' });
    expect(withUpdatedAt.identify(values, NOW)).toEqual({
      ok: true,
      customerKey: 'c-1',
      sourceTime: Date.parse('2026-11-20T10:00:00Z'),
    });
  });

  it.each([
    {
      title: 'an empty key',
      record: { 'Customer ID': ' ' },
      code: 'MISSING_KEY',
      reason: 'Column Customer ID is empty',
    },
    {
      title: 'a key of 256 characters',
      record: { 'Customer ID': 'k'.repeat(256) },
      code: 'TOO_LONG',
      reason: 'Field id (column Customer ID) has 256 characters; at most 255 are allowed.',
    },
    {
      title: 'an empty updatedAt',
      record: { ...taro, Changed: '' },
      code: 'BAD_UPDATED_AT',
      reason: 'Column Changed is empty',
    },
    {
      title: 'an unreadable updatedAt',
      record: { ...taro, Changed: 'yesterday' },
      code: 'BAD_UPDATED_AT',
      reason: 'Column Changed is unreadable; it must be an ISO 8601 time',
    },
    {
      title: 'an updatedAt over a day in the future',
      record: { ...taro, Changed: new Date(NOW + DAY_MS + 1).toISOString() },
      code: 'BAD_UPDATED_AT',
      reason: 'Column Changed is over a day in the future.',
    },
  ])('rejects $title and never quotes it', ({ record, code, reason }) => {
    const identity = withUpdatedAt.identify(valuesOf(withUpdatedAt, record), NOW);
    expect(identity).toEqual({ ok: false, rejection: { code, reason: expect.stringContaining(reason) } });
    expect(JSON.stringify(identity)).not.toMatch(/yesterday|kkk/);
  });

  it('accepts an updatedAt just a day in the future, since clocks and time zones differ', () => {
    const values = valuesOf(withUpdatedAt, { ...taro, Changed: new Date(NOW + DAY_MS).toISOString() });
    expect(withUpdatedAt.identify(values, NOW)).toMatchObject({ ok: true });
  });
});

describe('toObject', () => {
  it('trims, normalises, leaves out what is empty and keeps the order of the fields', () => {
    expect(mapping.toObject(valuesOf(mapping, { ...taro, 'Last Name': '\u3000' }))).toEqual({
      ok: true,
      object: '{"id":"c-1","email":"taro@example.com","phone":"+819012345678"}',
      filled: [0, 2, 3],
      notNormalized: 0,
    });
  });

  it('sends a value that cannot be normalised as it is, and counts it', () => {
    const values = valuesOf(mapping, { ...taro, 'E-Mail': 'None', Phone: '03-1234-5678 ext. 9' });
    expect(mapping.toObject(values)).toMatchObject({
      object: '{"id":"c-1","lastName":"山田","email":"None","phone":"03-1234-5678 ext. 9"}',
      notNormalized: 2,
    });
  });

  it.each([
    { title: 'a value of 256 characters', record: { ...taro, 'Last Name': '山'.repeat(256) }, code: 'TOO_LONG' },
    {
      title: 'a value of a search key of 256 characters',
      record: { ...taro, Card: 'x'.repeat(256) },
      code: 'TOO_LONG',
    },
    {
      title: 'additional information of 1001 characters',
      record: { ...taro, Notes: 'x'.repeat(1_001) },
      code: 'TOO_LONG',
    },
    { title: 'an object over 250 KB', record: { ...taro, History: '山'.repeat(85_400) }, code: 'OBJECT_TOO_LARGE' },
  ])('rejects $title', ({ record, code }) => {
    const wide = withFields(
      { name: 'card', column: 'Card', searchKey: 'cardNumber' },
      { name: 'notes', column: 'Notes', target: '_profile.AdditionalInformation' },
      { name: 'history', column: 'History' },
    );
    expect(wide.toObject(valuesOf(wide, record))).toMatchObject({ ok: false, rejection: { code } });
  });

  it('counts characters as the service does: a rare kanji is one', () => {
    const fits = valuesOf(mapping, { ...taro, 'Last Name': '𠮷'.repeat(255) });
    expect(mapping.toObject(fits)).toMatchObject({ ok: true });
    const long = valuesOf(mapping, { ...taro, 'Last Name': '𠮷'.repeat(256) });
    expect(mapping.toObject(long)).toMatchObject({ ok: false });
  });

  it('accepts values right at their limits', () => {
    const notes = withFields({ name: 'notes', column: 'Notes', target: '_profile.AdditionalInformation' });
    const values = valuesOf(notes, { ...taro, 'Last Name': 'x'.repeat(255), Notes: 'x'.repeat(1_000) });
    expect(notes.toObject(values)).toMatchObject({ ok: true });
  });

  it('gives for any record within the limits the JSON of its trimmed values', () => {
    const plain = mappingOf({
      ...file,
      fields: [file.fields[0], { name: 'a', column: 'A' }, { name: 'b', column: 'B' }],
    });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const mapped = plain.toObject(['c-1', a, b]);
        const expected = Object.entries({ id: 'c-1', a: a.trim(), b: b.trim() }).filter(([, value]) => value !== '');
        expect(mapped.ok && JSON.parse(mapped.object)).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});

describe('fingerprint', () => {
  const print = (of = mapping, record: Readonly<Record<string, string>> = taro) => of.fingerprint(valuesOf(of, record));
  const changed = (change: object) => mappingOf({ ...file, ...change });
  const [id, lastName, email, phone] = file.fields;

  it('tells any two different records apart, also when text moves between neighbours', () => {
    const record = fc.tuple(fc.string(), fc.string(), fc.string(), fc.string());
    const shifted = fc.tuple(fc.stringMatching(/^[a1:]{0,6}$/), fc.nat(6), fc.nat(6)).map(([text, i, j]) => {
      const [from = 0, to = 0] = [i, j].toSorted();
      return [text.slice(0, from), text.slice(from, to), text.slice(to), ''];
    });
    const records = fc.oneof(record, shifted);
    fc.assert(
      fc.property(records, records, (a, b) => {
        expect(mapping.fingerprint(a) === mapping.fingerprint(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it('does not depend on updatedAt, unless a field reads that column', () => {
    const moved = (of: typeof mapping) => [
      print(of, { ...taro, Changed: '2026-11-20T10:00:00Z' }),
      print(of, { ...taro, Changed: '2026-11-21T10:00:00Z' }),
    ];
    const [before, after] = moved(withUpdatedAt);
    expect(after).toBe(before);
    const [mappedBefore, mappedAfter] = moved(
      mappingOf({
        ...file,
        updatedAt: { column: 'Changed' },
        fields: [...file.fields, { name: 'c', column: 'Changed' }],
      }),
    );
    expect(mappedAfter).not.toBe(mappedBefore);
  });

  it.each([
    ['a target', { fields: [id, { ...lastName, target: '_profile.FirstName' }, email, phone] }],
    ['a content type', { fields: [id, { ...lastName, contentType: 'STRING' }, email, phone] }],
    ['a normalisation', { fields: [id, lastName, { ...email, normalize: undefined }, phone] }],
    ['a search key', { fields: [id, lastName, { ...email, searchKey: undefined }, phone] }],
    ['a field name', { fields: [id, { ...lastName, name: 'surname' }, email, phone] }],
    ['a field', { fields: [id, lastName, email] }],
    ['the phone region', { phoneRegion: 'US' }],
    ['the name of the customer key', { customerKey: { field: 'id', keyName: 'other' } }],
  ])('changes with %s', (_, change) => {
    expect(print(changed(change))).not.toBe(print());
    expect(changed(change).hash).not.toBe(mapping.hash);
  });

  it.each([
    ['the order of the fields', { fields: [phone, email, lastName, id] }],
    ['the description', { objectType: { ...file.objectType, description: 'Other words' } }],
    [
      'a default that is written out',
      { exports: { contains: 'changes' }, fields: [{ ...id, contentType: 'STRING' }, lastName, email, phone] },
    ],
  ])('and the hash stay the same with %s', (_, change) => {
    expect(print(changed(change))).toBe(print());
    expect(changed(change).hash).toBe(mapping.hash);
  });

  it.each([
    ['what is required', { fields: [id, { ...lastName, required: true }, email, phone] }, {}],
    ['a column name', { fields: [id, { ...lastName, column: 'Surname' }, email, phone] }, { Surname: '山田' }],
    ['updatedAt', { updatedAt: { column: 'Changed' } }, {}],
    ['what an export holds', { exports: { contains: 'full' } }, {}],
    ['a field that is cleared', { fields: [id, { ...lastName, clearWhenEmpty: true }, email, phone] }, {}],
  ])('stays the same with %s, which only a running run must notice', (_, change, record) => {
    expect(print(changed(change), { ...taro, ...record })).toBe(print());
    expect(changed(change).hash).not.toBe(mapping.hash);
  });
});
