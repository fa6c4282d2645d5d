import { exampleFile } from './example.ts';

interface Case {
  readonly title: string;
  readonly file: unknown;
}

interface FaultyCase extends Case {
  /** Part of the one line of the fault: path and the first words. */
  readonly fault: string;
  /** True if an editor with the JSON Schema can't see it: it needs several places of the file, or a list of the runtime. */
  readonly beyondSchema?: boolean;
}

const file = exampleFile();
const [id, lastName, email, phone] = file.fields;
const withField = (field: unknown) => ({ ...file, fields: [...file.fields, field] });
const withFields = (...fields: readonly unknown[]) => ({ ...file, fields });
const withObjectType = (change: object) => ({ ...file, objectType: { ...file.objectType, ...change } });
const withTimeInKey = (pattern: unknown, timeZone: unknown = 'Asia/Tokyo') => ({
  ...file,
  exports: { timeInKey: { pattern, timeZone } },
});

const withDeletes = (change: object, more: object = {}) => ({
  ...file,
  ...more,
  deletes: { column: 'Deleted', values: ['1', 'yes'], action: 'object', maxCount: 10, maxShare: 0.01, ...change },
});

export const goodMappings: readonly Case[] = [
  { title: 'the example', file },
  {
    title: 'only what is needed',
    file: { ...file, phoneRegion: undefined, fields: [{ name: 'id', column: 'ID', required: true }] },
  },
  { title: 'exports in Shift_JIS', file: { ...file, exports: { encoding: 'shift_jis' } } },
  { title: 'aliases', file: { ...file, aliases: { 'Customer ID': ['Customer No', '顧客番号'], Phone: ['Tel'] } } },
  { title: 'an export of every customer', file: { ...file, exports: { contains: 'full', delimiter: '\t' } } },
  { title: 'a time to the second in the key', file: withTimeInKey('{yyyy}/{MM}/{dd}/crm-{HH}{mm}{ss}') },
  {
    title: 'an updatedAt of local times',
    file: { ...file, updatedAt: { column: 'Changed', timeZone: 'Europe/Berlin' } },
  },
  { title: 'an updatedAt in seconds', file: { ...file, updatedAt: { column: 'Changed', format: 'epochSeconds' } } },
  {
    title: 'an attribute',
    file: withField({ name: 'tier', column: 'Tier', target: '_profile.Attributes.loyalty-tier_2' }),
  },
  {
    title: 'two fields of one column',
    file: withField({ name: 'mail2', column: 'E-Mail', target: '_profile.Attributes.mail' }),
  },
  { title: 'a column with spaces and Japanese letters', file: withField({ name: 'kana', column: '氏名 カナ' }) },
  {
    title: 'two entries of one search key',
    file: withField({ ...phone, name: 'mobile', target: '_profile.MobilePhoneNumber' }),
  },
  { title: 'a search key of its own', file: withField({ name: 'card', column: 'Card', searchKey: 'cardNumber' }) },
  { title: 'a column that marks deleted customers', file: withDeletes({}) },
  { title: 'the column of a field that marks them', file: withDeletes({ column: 'Phone', maxCount: 0, maxShare: 1 }) },
  {
    title: 'fields that are cleared',
    file: withFields(
      id,
      { ...phone, clearWhenEmpty: true },
      { name: 'city', column: 'City', target: '_profile.Address.City', required: false, clearWhenEmpty: true },
      { name: 'tier', column: 'Tier', target: '_profile.Attributes.tier', clearWhenEmpty: true },
      { name: 'gender', column: 'Gender', target: '_profile.Gender', clearWhenEmpty: false },
    ),
  },
  { title: '250 fields', file: withFields(id, ...numbered(249)) },
  { title: '9 search keys', file: withFields(id, ...numbered(9, { searchKey: 'code' })) },
];

export const faultyMappings: readonly FaultyCase[] = [
  { title: 'marks without a limit', file: withDeletes({ maxCount: undefined }), fault: 'deletes.maxCount: is missing' },
  { title: 'a share above 1', file: withDeletes({ maxShare: 5 }), fault: 'deletes.maxShare: is 5; it must be a share' },
  {
    title: 'a share in words',
    file: withDeletes({ maxShare: '1 %' }),
    fault: 'deletes.maxShare: is a string; it must',
  },
  { title: 'an empty mark', file: withDeletes({ values: [''] }), fault: 'deletes.values.0: is empty' },
  {
    title: 'a mark with spaces',
    file: withDeletes({ values: [' 1'] }),
    fault: 'deletes.values.0: is " 1"; it must be',
  },
  { title: 'no mark', file: withDeletes({ values: [] }), fault: 'deletes.values: has 0 entries' },
  { title: 'nothing to delete', file: withDeletes({ action: undefined }), fault: 'deletes.action: is missing' },
  { title: 'something else to delete', file: withDeletes({ action: 'all' }), fault: 'deletes.action: is "all"' },
  {
    title: 'marks in a column of rejected files',
    file: withDeletes({ column: '_code' }),
    fault: 'deletes.column: "_code" is a column of rejected files',
  },
  {
    title: 'marks in the customer key',
    file: withDeletes({ column: 'Customer ID' }),
    fault: 'deletes.column: "Customer ID" is the column of the customer key',
    beyondSchema: true,
  },
  {
    title: 'marks in the column of updatedAt',
    file: withDeletes({ column: 'Changed' }, { updatedAt: { column: 'Changed' } }),
    fault: 'deletes.column: "Changed" is the column of updatedAt',
    beyondSchema: true,
  },
  { title: 'an array', file: [], fault: 'the mapping: is an array; it must be an object' },
  { title: 'an unknown property', file: { ...file, filds: [] }, fault: 'filds: is not known' },
  { title: 'no object type', file: { ...file, objectType: undefined }, fault: 'objectType: is missing' },
  {
    title: 'an object type of the service',
    file: withObjectType({ name: '_profile' }),
    fault: 'objectType.name: is "_profile"',
  },
  { title: 'no expiration', file: withObjectType({ expirationDays: undefined }), fault: 'expirationDays: is missing' },
  { title: 'a long expiration', file: withObjectType({ expirationDays: 1099 }), fault: 'expirationDays: is 1099' },
  {
    title: 'an expiration in words',
    file: withObjectType({ expirationDays: '30' }),
    fault: 'expirationDays: is a string',
  },
  {
    title: 'a long description',
    file: withObjectType({ description: 'x'.repeat(1001) }),
    fault: 'description: has 1001 characters',
  },
  {
    title: 'an unknown kind of export',
    file: { ...file, exports: { contains: 'all' } },
    fault: 'exports.contains: is "all"',
  },
  {
    title: 'an encoding that is never guessed',
    file: { ...file, exports: { encoding: 'utf-16le' } },
    fault: 'exports.encoding: is "utf-16le"; it must be one of',
  },
  { title: 'aliases in a list', file: { ...file, aliases: ['Tel'] }, fault: 'aliases: is an array' },
  {
    title: 'one alias without a list',
    file: { ...file, aliases: { Phone: 'Tel' } },
    fault: 'aliases.Phone: is a string',
  },
  { title: 'no aliases', file: { ...file, aliases: { Phone: [] } }, fault: 'aliases.Phone: has 0 entries' },
  {
    title: 'an alias with a space behind it',
    file: { ...file, aliases: { Phone: ['Tel '] } },
    fault: 'aliases.Phone.0: is "Tel "',
  },
  {
    title: 'an alias that a rejected file has',
    file: { ...file, aliases: { Phone: ['_row'] } },
    fault: 'aliases.Phone.0: "_row" is a column of rejected files',
  },
  {
    title: 'aliases of a column that nothing reads',
    file: { ...file, aliases: { Fax: ['Telefax'] } },
    fault: 'aliases.Fax: is no column that the mapping reads',
    beyondSchema: true,
  },
  {
    title: 'an alias that is a column',
    file: { ...file, aliases: { Phone: ['Last Name'] } },
    fault: 'aliases.Phone.0: "Last Name" is a column of the mapping itself',
    beyondSchema: true,
  },
  {
    title: 'an alias of two columns',
    file: { ...file, aliases: { Phone: ['Tel'], 'E-Mail': ['Tel'] } },
    fault: 'aliases.E-Mail.0: "Tel" is a name of the column Phone already',
    beyondSchema: true,
  },
  { title: 'an unknown delimiter', file: { ...file, exports: { delimiter: ' ' } }, fault: 'exports.delimiter: is " "' },
  { title: 'exports as a list', file: { ...file, exports: [] }, fault: 'exports: is an array' },
  {
    title: 'a key pattern without a day',
    file: withTimeInKey('{yyyy}-{MM}'),
    fault: 'exports.timeInKey.pattern: lacks {dd}',
  },
  {
    title: 'a key pattern with minutes but no hours',
    file: withTimeInKey('{yyyy}{MM}{dd}{mm}'),
    fault: 'exports.timeInKey.pattern: lacks {HH}',
    beyondSchema: true,
  },
  {
    title: 'an unknown token',
    file: withTimeInKey('{yyyy}{MM}{dd}{hh}'),
    fault: 'exports.timeInKey.pattern: has the unknown token {hh}',
    beyondSchema: true,
  },
  {
    title: 'a token that comes twice',
    file: withTimeInKey('{yyyy}{MM}{dd}-{dd}'),
    fault: 'exports.timeInKey.pattern: has {dd} twice',
    beyondSchema: true,
  },
  {
    title: 'a time zone that does not exist',
    file: withTimeInKey('{yyyy}{MM}{dd}', 'Asia/Tokio'),
    fault: 'exports.timeInKey.timeZone: "Asia/Tokio" is no time zone',
    beyondSchema: true,
  },
  {
    title: 'a time in the key without a time zone',
    file: { ...file, exports: { timeInKey: { pattern: '{yyyy}{MM}{dd}' } } },
    fault: 'exports.timeInKey.timeZone: is missing',
  },
  { title: 'no customer key', file: { ...file, customerKey: undefined }, fault: 'customerKey: is missing' },
  {
    title: 'a customer key that is no field',
    file: { ...file, customerKey: { field: 'ID', keyName: 'k' } },
    fault: 'customerKey.field: "ID" is the name of no field',
    beyondSchema: true,
  },
  {
    title: 'a customer key under a name of the service',
    file: { ...file, customerKey: { field: 'id', keyName: '_account' } },
    fault: 'customerKey.keyName: is "_account"',
  },
  {
    title: 'a customer key that is a search key too',
    file: withFields({ ...id, searchKey: 'testCustomerId' }),
    fault: 'customerKey.keyName: "testCustomerId" is a search key too',
    beyondSchema: true,
  },
  {
    title: 'a customer key that may be empty',
    file: withFields({ ...id, required: false }),
    fault: 'fields[0].required: must be true',
    beyondSchema: true,
  },
  {
    title: 'a customer key that is compared loosely',
    file: withFields({ ...id, contentType: 'NUMBER' }),
    fault: 'fields[0].contentType: is NUMBER; the customer key must be STRING',
    beyondSchema: true,
  },
  { title: 'an updatedAt without a column', file: { ...file, updatedAt: {} }, fault: 'updatedAt.column: is missing' },
  {
    title: 'an unknown format of updatedAt',
    file: { ...file, updatedAt: { column: 'Changed', format: 'unix' } },
    fault: 'updatedAt.format: is "unix"',
  },
  {
    title: 'a time zone for an updatedAt in seconds',
    file: { ...file, updatedAt: { column: 'Changed', format: 'epochSeconds', timeZone: 'Asia/Tokyo' } },
    fault: 'updatedAt.timeZone: is only for the format "iso"',
  },
  {
    title: 'a time zone of updatedAt that does not exist',
    file: { ...file, updatedAt: { column: 'Changed', timeZone: 'Nippon' } },
    fault: 'updatedAt.timeZone: "Nippon" is no time zone',
    beyondSchema: true,
  },
  { title: 'a phone region in words', file: { ...file, phoneRegion: 'Japan' }, fault: 'phoneRegion: is "Japan"' },
  {
    title: 'a phone region that does not exist',
    file: { ...file, phoneRegion: 'XX' },
    fault: 'phoneRegion: "XX" is no region',
    beyondSchema: true,
  },
  {
    title: 'fields that are no list',
    file: { ...file, fields: {} },
    fault: 'fields: is an object; it must be an array',
  },
  { title: 'a field that is no object', file: withField('x'), fault: 'fields[4]: is a string; it must be an object' },
  { title: 'a field without a column', file: withField({ name: 'x' }), fault: 'fields[4].column: is missing' },
  {
    title: 'a column with a space in front',
    file: withField({ name: 'x', column: ' X' }),
    fault: 'fields[4].column: is " X"',
  },
  {
    title: 'a column of rejected files',
    file: withField({ name: 'x', column: '_version' }),
    fault: 'fields[4].column: "_version" is a column of rejected files',
  },
  {
    title: 'a column of rejected files for updatedAt',
    file: { ...file, updatedAt: { column: '_row' } },
    fault: 'updatedAt.column: "_row" is a column of rejected files',
  },
  { title: 'a name with a dot', file: withField({ name: 'a.b', column: 'X' }), fault: 'fields[4].name: is "a.b"' },
  {
    title: 'a name that is too long',
    file: withField({ name: 'x'.repeat(65), column: 'X' }),
    fault: 'fields[4].name: has 65',
  },
  {
    title: 'the forbidden name',
    file: withField({ name: 'Tags', column: 'X' }),
    fault: 'fields[4].name: "Tags" is forbidden',
  },
  {
    title: 'a name that comes twice',
    file: withField({ name: 'email', column: 'X' }),
    fault: 'fields[4].name: "email" is the name of fields[2] too',
    beyondSchema: true,
  },
  {
    title: 'a target that does not exist',
    file: withField({ name: 'x', column: 'X', target: '_profile.BusinessEmail' }),
    fault:
      'fields[4].target: "_profile.BusinessEmail" is no field of the standard profile; docs/mapping.md has the list',
  },
  {
    title: 'a target in the wrong case',
    file: withField({ name: 'x', column: 'X', target: '_profile.Address.Postalcode' }),
    fault:
      'fields[4].target: "_profile.Address.Postalcode" is no field of the standard profile; did you mean "_profile.Address.PostalCode"?',
  },
  {
    title: "the service's own id as a target",
    file: withField({ name: 'x', column: 'X', target: '_profile.ProfileId' }),
    fault: 'fields[4].target: "_profile.ProfileId" is no field',
  },
  {
    title: 'an attribute within an attribute',
    file: withField({ name: 'x', column: 'X', target: '_profile.Attributes.a.b' }),
    fault: 'fields[4].target: "_profile.Attributes.a.b" is no field',
  },
  {
    title: 'a target that comes twice',
    file: withField({ ...lastName, name: 'x' }),
    fault: 'fields[4].target: "_profile.LastName" is the target of fields[1] too',
    beyondSchema: true,
  },
  ...[
    ['_profile.Gender', '_profile.GenderString'],
    ['_profile.PartyType', '_profile.PartyTypeString'],
  ].map(([one, other]) => ({
    title: `${one} beside ${other}`,
    file: withFields(id, { name: 'a', column: 'A', target: one }, { name: 'b', column: 'B', target: other }),
    fault: `fields[1].target: "${one}" and "${other}" exclude each other`,
    beyondSchema: true,
  })),
  {
    title: 'an unknown content type',
    file: withField({ name: 'x', column: 'X', contentType: 'DATE' }),
    fault: 'fields[4].contentType: is "DATE"',
  },
  {
    title: 'an unknown normalisation',
    file: withField({ name: 'x', column: 'X', normalize: 'trim' }),
    fault: 'fields[4].normalize: is "trim"',
  },
  {
    title: 'a required in words',
    file: withField({ name: 'x', column: 'X', required: 'yes' }),
    fault: 'fields[4].required: is a string',
  },
  {
    title: 'a search key of the service that is not predefined',
    file: withField({ name: 'x', column: 'X', searchKey: '_mobile' }),
    fault: 'fields[4].searchKey: "_mobile" is not predefined',
  },
  {
    title: 'a search key with the wrong content type',
    file: withFields(id, { ...email, contentType: 'STRING' }),
    fault: 'fields[1].contentType: is STRING; the search key _email needs EMAIL_ADDRESS',
    beyondSchema: true,
  },
  {
    title: 'a search key of two content types',
    file: withFields(
      id,
      { name: 'a', column: 'A', searchKey: 'code' },
      { name: 'b', column: 'B', contentType: 'NAME', searchKey: 'code' },
    ),
    fault: 'fields[2].contentType: is NAME, but fields[1] has STRING under the same search key',
    beyondSchema: true,
  },
  {
    title: 'a field without a target that is cleared',
    file: withField({ name: 'x', column: 'X', clearWhenEmpty: true }),
    fault: 'fields[4].clearWhenEmpty: is for fields with a target',
  },
  ...['_profile.Gender', '_profile.PartyType', '_profile.ProfileType'].map((target) => ({
    title: `${target} that is cleared`,
    file: withField({ name: 'x', column: 'X', target, clearWhenEmpty: true }),
    fault: `fields[4].clearWhenEmpty: can't be: ${target} takes only the service's own values`,
  })),
  {
    title: 'a required field that is cleared',
    file: withField({ name: 'x', column: 'X', target: '_profile.BirthDate', required: true, clearWhenEmpty: true }),
    fault: "fields[4].clearWhenEmpty: can't be with required",
  },
  {
    title: 'a clearing in words',
    file: withField({ name: 'x', column: 'X', target: '_profile.BirthDate', clearWhenEmpty: 'yes' }),
    fault: 'fields[4].clearWhenEmpty: is a string',
  },
  { title: 'no fields', file: { ...file, customerKey: file.customerKey, fields: [] }, fault: 'fields: has 0 entries' },
  {
    title: '251 fields',
    file: withFields(id, ...numbered(250)),
    fault: 'fields: has 251 entries; 1 to 250 are allowed',
  },
  {
    title: '10 search keys',
    file: withFields(id, ...numbered(10, { searchKey: 'code' })),
    fault: 'fields: have 10 search keys; at most 9',
    beyondSchema: true,
  },
];

function numbered(count: number, more: object = {}) {
  return Array.from({ length: count }, (_, index) => ({ name: `f${index}`, column: `C${index}`, ...more }));
}
