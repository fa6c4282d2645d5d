import { systemClock } from '../clock.ts';
import { createDynamoClient } from '../dynamo-client.ts';
import { requiredEnv } from '../env.ts';
import { loadBundledMapping } from '../mapping/bundled.ts';
import { clearedFields } from '../mapping/cleared-fields.ts';
import { createBatchWriter } from '../profiles/batch-writer.ts';
import { createProfilesClient } from '../profiles/client.ts';
import { createCustomerDeleter } from '../profiles/customer-deleter.ts';
import { createProfileClearer } from '../profiles/profile-clearer.ts';
import { createProfileWriter } from '../profiles/profile-writer.ts';
import { deployedRatePlan } from '../rate-environment.ts';
import type { SyncEnvironment } from './open-sync.ts';

/**
 * What a deployed worker works with, by its environment variables and the mapping beside its bundle.
 *
 * @throws InvalidConfiguration naming the variable that is missing or wrong.
 */
export function workerEnvironment(): SyncEnvironment {
  const mapping = loadBundledMapping();
  const plan = deployedRatePlan();
  const domainName = requiredEnv('DOMAIN_NAME');
  const client = createProfilesClient(plan.maxCallsInFlight);
  const { customerKey, deletes } = mapping.definition;
  const { keyName } = customerKey;
  const target = {
    client,
    domainName,
    objectTypeName: mapping.definition.objectType.name,
  };
  return {
    mapping,
    plan,
    domainName,
    tables: {
      run: requiredEnv('RUN_TABLE'),
      ledger: requiredEnv('LEDGER_TABLE'),
      budget: requiredEnv('BUDGET_TABLE'),
    },
    dynamo: createDynamoClient(),
    writer: createProfileWriter(target),
    ...(plan.exportApi === 'BatchPutProfileObject' && { batchWriter: createBatchWriter(target) }),
    ...(clearedFields(mapping.definition).length > 0 && {
      clearer: createProfileClearer({ client, domainName, keyName }),
    }),
    ...(deletes && { deleter: createCustomerDeleter({ client, domainName, mapping, action: deletes.action }) }),
    clock: systemClock,
  };
}
