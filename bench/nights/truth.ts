import { Readable } from 'node:stream';
import { GetDomainCommand, SearchProfilesCommand } from '@aws-sdk/client-customer-profiles';
import type { Clients } from '../../cli/connect/clients.ts';
import { fieldAt } from '../../test/helpers/profiles.ts';
import { inParallel } from '../baselines/in-parallel.ts';
import { MAPPING, type MappedRow, mapRow, readRows } from '../baselines/rows.ts';
import { rowsOf } from './parts.ts';

/** What an export says of a customer: the newest of its rows that the mapping takes, and the others. */
interface Said {
  readonly newest: MappedRow;
  readonly others: readonly MappedRow[];
}

export interface Truth {
  /** Of the file, without the header. */
  readonly rows: number;
  readonly customers: ReadonlyMap<string, Said>;
}

/** What the service holds, compared with an export. */
export interface Verdict {
  /** Customers that have what their newest row says, in the fields that it fills. */
  readonly right: number;
  /** Customers that have what an older row says, of this export or of an older one that was given along. */
  readonly older: number;
  /** Customers whose row did not arrive. */
  readonly lost: number;
  /** Profiles of no customer whose row the mapping takes. */
  readonly strange: number;
}

const SEARCHES_AT_ONCE = 16;

/** Read as the baselines read it, not as the product does: it judges them all. */
export async function truthOf(csv: string): Promise<Truth> {
  const customers = new Map<string, Said>();
  for await (const row of readRows(Readable.from([csv]))) {
    const mapped = mapRow(row);
    if (mapped === undefined) continue;
    const said = customers.get(mapped.customerKey);
    // Of rows with the same time the last one wins.
    const isNewest = said === undefined || mapped.sourceTime >= said.newest.sourceTime;
    const newest = isNewest ? mapped : said.newest;
    const others = said === undefined ? [] : [...said.others, isNewest ? said.newest : mapped];
    customers.set(mapped.customerKey, { newest, others });
  }
  return { rows: rowsOf(csv).length - 1, customers };
}

/** Customers of which the later export says something else. */
export function changedCustomers(before: Truth, after: Truth): number {
  const said = [...after.customers];
  return said.filter(([key, { newest }]) => before.customers.get(key)?.newest.object !== newest.object).length;
}

/** @param known other profiles that are there, of a caller beside. */
export async function judge(
  { profiles }: Clients,
  domain: string,
  { customers }: Truth,
  { late, known = 0 }: { readonly late?: Truth; readonly known?: number } = {},
): Promise<Verdict> {
  const verdict = { right: 0, older: 0, lost: 0, strange: 0 };
  let found = 0;
  await inParallel(customers, SEARCHES_AT_ONCE, async ([key, { newest, others }]) => {
    const { keyName } = MAPPING.definition.customerKey;
    const search = new SearchProfilesCommand({ DomainName: domain, KeyName: keyName, Values: [key] });
    const { Items = [] } = await profiles.send(search);
    found += Items.length;
    const holds = ({ object }: MappedRow) => Items.some((profile) => agrees(profile, object));
    const of = late?.customers.get(key);
    const older = [...others, ...(of ? [of.newest, ...of.others] : [])];
    if (holds(newest)) verdict.right += 1;
    else if (older.some(holds)) verdict.older += 1;
    else verdict.lost += 1;
  });
  const { Stats } = await profiles.send(new GetDomainCommand({ DomainName: domain }));
  return { ...verdict, strange: (Stats?.ProfileCount ?? 0) - found - known };
}

/** In the fields that the object fills and that are fields of the profile. */
function agrees(profile: object, object: string): boolean {
  const values: Readonly<Record<string, string>> = JSON.parse(object);
  return MAPPING.definition.fields.every(
    ({ name, target }) =>
      target === undefined || values[name] === undefined || fieldAt(profile, target) === values[name],
  );
}
