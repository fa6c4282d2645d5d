import { PutProfileObjectCommand } from '@aws-sdk/client-customer-profiles';
import { SPACING_MS } from '../../../functions/shared/ledger/spacing.ts';
import { sendEvents } from '../../helpers/live-events.ts';
import { findProfiles } from '../../helpers/profiles.ts';
import { SMALL_KEY, smallMappingFile } from '../../helpers/small-export.ts';
import type { Stage } from '../stage.ts';
import { comesTrue, pause, published, type Situation } from './situation.ts';

const HEADER = 'id,name,city,gone';
const FIELDS = [
  { name: 'id', column: 'id', required: true },
  { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
];

/** Mappings of what the situations upload. */
export const CLEARING = smallMappingFile({
  fields: [...FIELDS, { name: 'city', column: 'city', target: '_profile.Address.City', clearWhenEmpty: true }],
});
export const deleting = (action: 'object' | 'profile'): string =>
  smallMappingFile({
    deletes: { column: 'gone', values: ['yes'], action, maxCount: 1, maxShare: 1 },
    fields: FIELDS,
  });

async function succeeds(stage: Stage, ...rows: readonly string[]): Promise<boolean> {
  const { status } = await stage.test.sync(`${stage.newName()}.csv`, [HEADER, ...rows].join('\n'));
  return status === 'SUCCEEDED';
}

/** Syncs a customer who has a city, and waits until other content may follow. */
async function customerWithCity(stage: Stage): Promise<string> {
  const name = stage.newName();
  await succeeds(stage, `${name},Taro,Nara,`);
  await pause(SPACING_MS);
  return name;
}

/** An export that changes a customer and empties a field. */
export const aRunThatClears: Situation = async (stage, remove) => {
  const name = await customerWithCity(stage);
  remove();
  if (!(await succeeds(stage, `${name},Jiro,,`))) return false;
  const [profile] = await findProfiles(stage.test.stack, SMALL_KEY, name);
  return profile?.FirstName === 'Jiro' && profile.Address === undefined;
};

/** The same of a live event. */
export const aLiveEventThatClears: Situation = async (stage, remove) => {
  const name = await customerWithCity(stage);
  remove();
  const before = published(stage, 'Clears').sum;
  await sendEvents(stage.test, [{ record: { id: name, name: 'Jiro' } }]);
  return comesTrue(stage, () => published(stage, 'Clears').sum > before);
};

/** An export with a new customer, and one to be deleted whose object somebody put without this system. */
export const aRunThatDeletes: Situation = async (stage, remove) => {
  const { clients, stack } = stage.test;
  const [deleted, other] = [stage.newName(), stage.newName()];
  await clients.profiles.send(
    new PutProfileObjectCommand({
      DomainName: stack.outputs.DomainName,
      ObjectTypeName: stack.outputs.ObjectTypeName,
      Object: JSON.stringify({ id: deleted, name: 'Taro' }),
    }),
  );
  remove();
  if (!(await succeeds(stage, `${deleted},,,yes`, `${other},Hanako,,`))) return false;
  return (await findProfiles(stack, SMALL_KEY, deleted)).length === 0;
};
