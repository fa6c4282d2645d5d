import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CustomerProfilesClient,
  ListProfileObjectsCommand,
  PutProfileObjectCommand,
  SearchProfilesCommand,
  type SearchProfilesCommandInput,
} from '@aws-sdk/client-customer-profiles';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  type CustomerProfilesService,
  createCustomerProfiles,
} from '../../../local/customer-profiles/customer-profiles.ts';
import type { Settings } from '../../../local/customer-profiles/settings.ts';
import { createSqs } from '../../../local/sqs/sqs.ts';
import { serve } from '../../helpers/serve.ts';
import { queueOf } from '../sqs/queue-host.ts';

export const DOMAIN = 'demo';

type FieldTuple = readonly [name: string, target?: string, contentType?: string];

/** Properties of an AWS::CustomerProfiles::ObjectType; keys as `[name, field, ...identifiers]`. */
export function objectType(
  name: string,
  fields: readonly FieldTuple[],
  keys: readonly (readonly [name: string, field: string, ...identifiers: string[]])[],
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    DomainName: DOMAIN,
    ObjectTypeName: name,
    Description: 'For tests',
    AllowProfileCreation: true,
    Fields: fields.map(([Name, Target, ContentType]) => ({
      Name,
      ObjectTypeField: { Source: `_source.${Name}`, ...(Target && { Target }), ...(ContentType && { ContentType }) },
    })),
    Keys: keys.map(([Name, field, ...StandardIdentifiers]) => ({
      Name,
      ObjectTypeKeyList: [{ FieldNames: [field], StandardIdentifiers }],
    })),
    ...more,
  };
}

export const CUSTOMER = objectType(
  'Customer',
  [
    ['customerId', '_profile.AccountNumber'],
    ['firstName', '_profile.FirstName', 'NAME'],
    ['lastName', '_profile.LastName', 'NAME'],
    ['email', '_profile.EmailAddress', 'EMAIL_ADDRESS'],
    ['phone', '_profile.PhoneNumber', 'PHONE_NUMBER'],
    ['city', '_profile.Address.City'],
    ['country', '_profile.Address.Country'],
    ['plan', '_profile.Attributes.plan'],
    ['notes', '_profile.AdditionalInformation'],
    ['gender', '_profile.Gender'],
    ['untargeted'],
  ],
  [
    ['customerKey', 'customerId', 'UNIQUE', 'PROFILE'],
    ['_email', 'email'],
    ['_phone', 'phone'],
    ['lastNameKey', 'lastName'],
    ['planKey', 'plan'],
  ],
);

const SETTINGS: Partial<Settings> = {
  putRatePerSecond: 1e6,
  otherRatesPerSecond: {},
  latencyMs: { median: 0, spread: 0 },
};

/** For late errors, once the domain is pointed at it. */
export const LATE_QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/late';

/** The service with the domain `demo` and the type Customer, the queue `late`, and a client of the SDK without retries. */
export async function startProfiles(settings: Partial<Settings> = {}, now: () => number = Date.now) {
  const directory = mkdtempSync(join(tmpdir(), 'customer-profiles-'));
  const sqs = createSqs({ directory: join(directory, 'sqs') });
  sqs.createQueue(queueOf('late'));
  const lost: string[] = [];
  const open = async () => {
    const service: CustomerProfilesService = createCustomerProfiles({
      directory,
      settings: { ...SETTINGS, ...settings },
      now,
      queues: sqs,
      onLost: (domain, error) => lost.push(`${domain}: ${error}`),
    });
    service.createDomain(DOMAIN);
    service.putObjectType(DOMAIN, CUSTOMER);
    const served = await serve(service);
    const client = new CustomerProfilesClient({
      endpoint: served.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets: 300 } }),
    });
    return { service, ...served, client };
  };
  let running = await open();
  const stop = async () => {
    running.client.destroy();
    await running.close();
  };

  const put = async (object: unknown, ObjectTypeName = 'Customer', DomainName = DOMAIN) => {
    const text = typeof object === 'string' ? object : JSON.stringify(object);
    const answer = await running.client.send(new PutProfileObjectCommand({ DomainName, ObjectTypeName, Object: text }));
    return answer.ProfileObjectUniqueKey;
  };
  const search = async (KeyName: string, Values: string[], more: Partial<SearchProfilesCommandInput> = {}) =>
    (await running.client.send(new SearchProfilesCommand({ DomainName: DOMAIN, KeyName, Values, ...more }))).Items ??
    [];
  return {
    put,
    search,
    /** The only profile with this customer id, without what every profile has. */
    async profile(customerId: string) {
      const found = await search('customerKey', [customerId]);
      if (found.length !== 1) throw new Error(`${found.length} profiles have the customer id.`);
      const { ProfileId, FoundByItems, ...fields } = found[0] ?? {};
      return fields;
    },
    async objects(customerId: string, ObjectTypeName = 'Customer') {
      const [found] = await search('customerKey', [customerId]);
      const list = { DomainName: DOMAIN, ObjectTypeName, ProfileId: found?.ProfileId };
      return (await running.client.send(new ListProfileObjectsCommand(list))).Items ?? [];
    },
    /** What came into the queue `late`, and why something did not. */
    lateErrors: () => sqs.messages('late').map(({ body }) => JSON.parse(body)),
    lost,
    service: () => running.service,
    endpoint: () => running.endpoint,
    client: () => running.client,
    async restart() {
      await stop();
      running = await open();
    },
    async end() {
      await stop();
      await sqs.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** An error as a client of the SDK sees it. */
export const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error) => ({ name: error.name, status: error.$metadata?.httpStatusCode }),
  );
export const BAD_REQUEST = { name: 'BadRequestException', status: 400 };
export const NOT_FOUND = { name: 'ResourceNotFoundException', status: 404 };
