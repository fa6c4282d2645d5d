import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutProfileObjectCommand } from '@aws-sdk/client-customer-profiles';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAPPING } from '../../../bench/baselines/rows.ts';
import { nightsOf } from '../../../bench/nights/exports.ts';
import { changedCustomers, judge, truthOf } from '../../../bench/nights/truth.ts';
import { type Clients, createClients } from '../../../cli/connect/clients.ts';
import { objectTypeProperties } from '../../../functions/shared/mapping/object-type.ts';
import { createCustomerProfiles } from '../../../local/customer-profiles/customer-profiles.ts';
import { serve } from '../../helpers/serve.ts';

const DOMAIN = 'demo';
const HEADER = 'customer_id,last_name,notes,updated_at';
const csv = (...rows: readonly string[]) => [HEADER, ...rows].join('\n');

describe('what an export says of a customer', () => {
  it.each([
    ['the row that was updated last', ['A,Old,,2025-01-01T00:00:00Z', 'A,New,,2025-01-02T00:00:00Z'], 'New'],
    ['also where it comes first', ['A,New,,2025-01-02T00:00:00Z', 'A,Old,,2025-01-01T00:00:00Z'], 'New'],
    ['of rows of the same time the last one', ['A,One,,2025-01-01T00:00:00Z', 'A,Two,,2025-01-01T00:00:00Z'], 'Two'],
    ['no row that the mapping refuses', ['A,One,,2025-01-01T00:00:00Z', 'A,,,2025-01-02T00:00:00Z'], 'One'],
    ['no ragged row', ['A,One,,2025-01-01T00:00:00Z', 'A,Two,a,comma,2025-01-02T00:00:00Z'], 'One'],
  ])('is %s', async (_, rows, lastName) => {
    const { customers, rows: count } = await truthOf(csv(...rows));
    expect(count).toBe(2);
    expect(JSON.parse(customers.get('A')?.newest.object ?? '{}')).toMatchObject({ lastName });
  });
});

describe('the nights', () => {
  it.each([
    ['same', 'first', 0],
    ['onePercent', 'first', 0.01],
    ['tenPercent', 'onePercent', 0.1],
  ] as const)(
    '%s changes its share of the customers of the night %s, and rejects none',
    async (night, before, share) => {
      const nights = nightsOf(2_000);
      const [was, is] = [await truthOf(nights[before].csv), await truthOf(nights[night].csv)];
      const { size } = was.customers;
      expect(is.customers.size).toBe(size);
      // Customers of both shares change once.
      expect(Math.abs(changedCustomers(was, is) / size - share)).toBeLessThan(0.0025);
    },
  );
});

describe('the verdict on what the service holds', () => {
  let folder: string;
  let served: Awaited<ReturnType<typeof serve>>;
  let clients: Clients;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'truth-'));
    const service = createCustomerProfiles({ directory: folder, settings: { latencyMs: { median: 0, spread: 0 } } });
    service.createDomain(DOMAIN);
    service.putObjectType(DOMAIN, { ...objectTypeProperties(MAPPING.definition, DOMAIN) });
    served = await serve(service);
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    clients = createClients({ endpoint: served.endpoint, region: 'us-east-1', credentials });
  });
  afterEach(async () => {
    clients.destroy();
    await served.close();
    rmSync(folder, { recursive: true });
  });

  const put = (customerId: string, lastName: string) =>
    clients.profiles.send(
      new PutProfileObjectCommand({
        DomainName: DOMAIN,
        ObjectTypeName: MAPPING.definition.objectType.name,
        Object: JSON.stringify({ customerId, lastName }),
      }),
    );
  const EXPORT = csv(
    'A,New,,2025-01-02T00:00:00Z',
    'A,Old,,2025-01-01T00:00:00Z',
    'B,Brown,,2025-01-01T00:00:00Z',
    'C,Clark,,2025-01-01T00:00:00Z',
  );

  it('tells customers with the newest row from those with an older one, and from those without theirs', async () => {
    await put('A', 'Old');
    await put('B', 'Brown');
    await put('C', 'of another night');
    await put('X', 'of nobody');
    expect(await judge(clients, DOMAIN, await truthOf(EXPORT))).toEqual({ right: 1, older: 1, lost: 1, strange: 1 });
  });

  it('takes a row of an older export that came late for older data, and the profile of a known caller for no stranger', async () => {
    await put('A', 'New');
    await put('B', 'Before');
    await put('X', 'of the other caller');
    const late = await truthOf(csv('B,Before,,2024-01-01T00:00:00Z'));
    const verdict = await judge(clients, DOMAIN, await truthOf(EXPORT), { late, known: 1 });
    expect(verdict).toEqual({ right: 1, older: 1, lost: 1, strange: 0 });
  });
});
