import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { clearedFields } from '../functions/shared/mapping/cleared-fields.ts';
import type { MappingDefinition } from '../functions/shared/mapping/types.ts';
import type { ApiRate, BatchRate, OtherApiRates } from '../functions/shared/rate-budget/api-rates.ts';
import { defaultReserve, type RatePlan } from '../functions/shared/rate-plan.ts';
import type { ProfileSyncProps } from './profile-sync-props.ts';

/**
 * Of the 100 calls per second that AWS gives SearchProfiles and UpdateProfile each: agents' workspaces and other applications
 * search and change profiles all day.
 * https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html, read 2026-11.
 */
export const DEFAULT_CLEAR_QUOTA_PER_SECOND = 20;
/** Of the 100 that AWS gives SearchProfiles, ListProfileObjects and each deletion, from the same page: few customers are deleted. */
export const DEFAULT_DELETE_QUOTA_PER_SECOND = 20;

/**
 * The rates of what is switched on: of every API that the workers then call besides PutProfileObject.
 *
 * @throws InvalidConfiguration if settings of it are given although it is off.
 */
export function otherApis(props: ProfileSyncProps, definition: MappingDefinition): OtherApiRates {
  const batch = batchRate(props);
  const clearing = clearRate(props, definition);
  const deleting = deleteRate(props, definition);
  return {
    ...(batch && { BatchPutProfileObject: batch }),
    ...(clearing && { UpdateProfile: clearing }),
    ...(deleting && { DeleteProfile: deleting }),
  };
}

/** Live events delete nothing, so nothing of it is kept for them. */
function deleteRate({ deleteQuota }: ProfileSyncProps, { deletes }: MappingDefinition): ApiRate | undefined {
  if (deletes) return { quota: deleteQuota ?? DEFAULT_DELETE_QUOTA_PER_SECOND, reserve: 0 };
  if (deleteQuota === undefined) return undefined;
  throw new InvalidConfiguration(
    `deleteQuota is ${deleteQuota}, but the mapping deletes nothing. Leave it out, or give the mapping deletes.`,
  );
}

function clearRate({ clearQuota }: ProfileSyncProps, definition: MappingDefinition): ApiRate | undefined {
  if (clearedFields(definition).length > 0) {
    const quota = clearQuota ?? DEFAULT_CLEAR_QUOTA_PER_SECOND;
    return { quota, reserve: defaultReserve(quota) };
  }
  if (clearQuota === undefined) return undefined;
  throw new InvalidConfiguration(
    `clearQuota is ${clearQuota}, but the mapping clears no field. Leave it out, or give fields of the mapping clearWhenEmpty.`,
  );
}

/** Live events are not sent with it, so nothing of it is kept for them. */
function batchRate({ batchQuota, batchPermitFor }: ProfileSyncProps): BatchRate | undefined {
  if (batchQuota !== undefined) return { quota: batchQuota, reserve: 0, permitFor: batchPermitFor ?? 'item' };
  if (batchPermitFor === undefined) return undefined;
  throw new InvalidConfiguration(
    `batchPermitFor is "${batchPermitFor}", but exports are not sent in batches. Give batchQuota, too, or leave it out.`,
  );
}

/** For the outputs: the commands show and set the rate of each. */
export function ratesOfOtherApis({ rates }: RatePlan): { readonly RatesOfOtherApis?: string } {
  const { PutProfileObject: _, ...others } = rates;
  return Object.keys(others).length === 0 ? {} : { RatesOfOtherApis: JSON.stringify(others) };
}
