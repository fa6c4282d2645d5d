import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import api from '../../local/customer-profiles/api.json' with { type: 'json' };
import { OPERATIONS } from '../../local/customer-profiles/operations.ts';
import { DOMAIN, startProfiles } from '../local/customer-profiles/profiles-fixture.ts';
import { type BoundaryValue, boundaryValues } from './boundary-values.ts';
import { loadServiceModel, type ServiceModel, shapeOf, violations } from './service-model.ts';

const model = loadServiceModel('customer-profiles');
if (!model) console.warn('The service model of Customer Profiles is not here: its contract is not tested.');

/** Answered with 501, whatever is in them. */
const UNSUPPORTED_MEMBERS = [
  'ObjectFilter',
  'EngagementPreferences',
  'DataStore',
  'DefaultEncryptionKey',
  'DefaultExpirationDays',
  'Matching',
  'RuleBasedMatching',
  'Tags',
];

/** How the service says that a value is against the model. */
const BY_CONSTRAINT = /failed to satisfy constraint|must have length|must satisfy|must hold JSON objects/;

type Input = Readonly<Record<string, unknown>>;

describe.skipIf(!model)('Customer Profiles, held to its service model', () => {
  const { operations, shapes } = model ?? ({ operations: {}, shapes: {} } as ServiceModel);
  const loaded = { operations, shapes };
  let profiles: Awaited<ReturnType<typeof startProfiles>>;
  let profileId = '';
  let uniqueKey = '';
  beforeAll(async () => {
    profiles = await startProfiles();
    uniqueKey = (await profiles.put({ customerId: 'A', firstName: 'Ann', email: 'a@example.com', plan: 'gold' })) ?? '';
    await profiles.put({ customerId: 'B', email: 'a@example.com' });
    profileId = (await profiles.search('customerKey', ['A']))[0]?.ProfileId ?? '';
  });
  afterAll(() => profiles.end());

  /** A request that is answered with 200, for each operation; the last ones delete what the others need. */
  const requests = (): Readonly<Record<string, Input>> => ({
    PutProfileObject: { ObjectTypeName: 'Customer', Object: '{"customerId":"A"}' },
    BatchPutProfileObject: { ObjectTypeName: 'Customer', Items: [{ Id: 'a', Object: '{"customerId":"A"}' }] },
    SearchProfiles: { KeyName: '_email', Values: ['a@example.com'], MaxResults: 1 },
    ListProfileObjects: { ObjectTypeName: 'Customer', ProfileId: profileId, MaxResults: 1 },
    UpdateProfile: { ProfileId: profileId },
    GetDomain: {},
    UpdateDomain: { DeadLetterQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/late' },
    GetProfileObjectType: { ObjectTypeName: 'Customer' },
    ListProfileObjectTypes: {},
    DeleteProfileObject: { ObjectTypeName: 'Customer', ProfileId: profileId, ProfileObjectUniqueKey: uniqueKey },
    DeleteProfile: { ProfileId: profileId },
  });

  /** Sends the members where the model has them. */
  async function call(name: string, input: Input): Promise<{ status: number; error: string | null; body: unknown }> {
    const operation = loaded.operations[name];
    const members = operation?.input ? (shapeOf(loaded, operation.input.shape).members ?? {}) : {};
    const query = new URLSearchParams();
    const body: Record<string, unknown> = {};
    let path = operation?.http.requestUri ?? '';
    for (const [member, value] of Object.entries({ DomainName: DOMAIN, ...input })) {
      const { location, locationName = member } = members[member] ?? {};
      if (location === 'uri') path = path.replace(`{${locationName}}`, encodeURIComponent(String(value)));
      else if (location === 'querystring' && value !== undefined) query.set(locationName, String(value));
      else if (member in members) body[member] = value;
    }
    const method = operation?.http.method ?? '';
    const response = await fetch(`${profiles.endpoint()}${path.replaceAll(/\{\w+\}/g, 'x')}?${query}`, {
      method,
      ...(method !== 'GET' && method !== 'HEAD' && { body: JSON.stringify(body) }),
    });
    return { status: response.status, error: response.headers.get('x-amzn-errortype'), body: await response.json() };
  }

  it('knows every operation of the model by its method and path', () => {
    const known = Object.entries(loaded.operations).map(([name, { http }]) => [
      name,
      `${http.method} ${http.requestUri}`,
    ]);
    expect(api).toEqual(Object.fromEntries(known));
  });

  it('answers every operation that it does not support with 501 and its name', async () => {
    const others = Object.keys(loaded.operations).filter((name) => !Object.hasOwn(OPERATIONS, name));
    expect(others.length).toBeGreaterThan(50);
    for (const name of others) {
      const { status, body } = await call(name, {});
      expect([status, body]).toEqual([501, { Message: `${name} is not supported by the embedded Customer Profiles.` }]);
    }
  });

  // Also a suite that is skipped is collected, and without the model nothing is known of any operation.
  describe.each(model ? Object.keys(OPERATIONS) : [])('%s', (name) => {
    const input = loaded.operations[name]?.input?.shape ?? '';
    const values = boundaryValues(loaded, input, UNSUPPORTED_MEMBERS).filter(({ path, value }) => {
      const inPath = shapeOf(loaded, input).members?.[String(path[0])]?.location === 'uri';
      // Without it there is another path, and so another operation.
      return !(inPath && value === undefined);
    });
    const titled = (allowed: boolean): [string, BoundaryValue][] =>
      values.filter((one) => one.allowed === allowed).map((one) => [`${one.path.join('.')}: ${one.why}`, one]);

    it.each(titled(true))('takes what the model just allows: %s', async (_, { path, value }) => {
      const { body } = await call(name, withValue(requests()[name] ?? {}, path, value));
      expect(JSON.stringify(body)).not.toMatch(BY_CONSTRAINT);
    });

    it.each(titled(false))('refuses what the model just does not allow: %s', async (_, { path, value }) => {
      const { status, error, body } = await call(name, withValue(requests()[name] ?? {}, path, value));
      expect([status, error]).toEqual([400, 'BadRequestException']);
      expect(violations(loaded, 'BadRequestException', body)).toEqual([]);
      // And not for something else that is wrong with it.
      expect(body).toHaveProperty('Message', expect.stringMatching(BY_CONSTRAINT));
    });

    it('has answers of the shape that the model gives them', async () => {
      const { status, body } = await call(name, requests()[name] ?? {});
      expect(status).toBe(200);
      expect(Object.keys(body as object).length).toBeGreaterThan(0);
      expect(violations(loaded, loaded.operations[name]?.output?.shape ?? '', body)).toEqual([]);
    });
  });

  it('has the errors of the model, with its status and shape', async () => {
    const errors = loaded.operations.PutProfileObject?.errors?.map(({ shape }) => shape) ?? [];
    expect(errors).toHaveLength(5);
    for (const error of errors) {
      profiles.service().configure({ fault: { error: error as 'BadRequestException' } });
      const answer = await call('PutProfileObject', { ObjectTypeName: 'Customer', Object: '{"customerId":"A"}' });
      expect([answer.error, answer.status]).toEqual([error, shapeOf(loaded, error).error?.httpStatusCode]);
      expect(violations(loaded, error, answer.body)).toEqual([]);
    }
    profiles.service().configure({ fault: undefined });
  });
});

/** The request with the value at the path; `undefined` takes the member away. */
function withValue(input: Input, [step = '', ...rest]: BoundaryValue['path'], value: unknown): Input {
  if (rest.length === 0) return { ...input, [step]: value };
  const inner = input[step];
  if (typeof rest[0] === 'string' && /^\d+$/.test(rest[0])) return { ...input, [step]: [inList(inner, rest, value)] };
  return { ...input, [step]: withValue(asInput(inner), rest, value) };
}

function inList(list: unknown, [, ...rest]: BoundaryValue['path'], value: unknown): unknown {
  const [first] = Array.isArray(list) ? list : [{ KeyName: '_phone', Values: ['1'] }];
  return rest.length === 0 ? value : withValue(asInput(first), rest, value);
}

function asInput(value: unknown): Input {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
