import type { MappingDefinition } from '../functions/shared/mapping/types.ts';
import type { OtherApiRates } from '../functions/shared/rate-budget/api-rates.ts';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import type { ProfileSyncProps } from './profile-sync-props.ts';

/** The rates of what is switched on: of every API that the workers then call besides PutProfileObject. */
export function otherApis(_props: ProfileSyncProps, _definition: MappingDefinition): OtherApiRates {
  return {};
}

/** For the outputs: the commands show and set the rate of each. */
export function quotasOfOtherApis({ rates }: RatePlan): { readonly QuotasOfOtherApis?: string } {
  const { PutProfileObject: _, ...others } = rates;
  const quotas = Object.entries(others).map(([api, { quota }]) => [api, quota]);
  return quotas.length === 0 ? {} : { QuotasOfOtherApis: JSON.stringify(Object.fromEntries(quotas)) };
}
