import { InvalidConfiguration } from '../functions/shared/errors.ts';
import type { MappingDefinition } from '../functions/shared/mapping/types.ts';
import type { BatchRate, OtherApiRates } from '../functions/shared/rate-budget/api-rates.ts';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import type { ProfileSyncProps } from './profile-sync-props.ts';

/**
 * The rates of what is switched on: of every API that the workers then call besides PutProfileObject.
 *
 * @throws InvalidConfiguration if settings of it are given although it is off.
 */
export function otherApis(props: ProfileSyncProps, _definition: MappingDefinition): OtherApiRates {
  const batch = batchRate(props);
  return { ...(batch && { BatchPutProfileObject: batch }) };
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
