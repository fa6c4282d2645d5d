import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { clearedFields } from '../functions/shared/mapping/cleared-fields.ts';
import type { MappingDefinition } from '../functions/shared/mapping/types.ts';
import type { OtherApiRates } from '../functions/shared/rate-budget/api-rates.ts';
import { defaultReserve, type RatePlan } from '../functions/shared/rate-plan.ts';
import type { ProfileSyncProps } from './profile-sync-props.ts';

/**
 * Of the 100 calls per second that AWS gives SearchProfiles and UpdateProfile each: agents' workspaces and other applications
 * search and change profiles all day.
 * https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html, read 2026-11.
 */
export const DEFAULT_CLEAR_QUOTA_PER_SECOND = 20;

/** The rates of what is switched on: of every API that the workers then call besides PutProfileObject. */
export function otherApis({ clearQuota }: ProfileSyncProps, definition: MappingDefinition): OtherApiRates {
  return { ...clearing(clearQuota, definition) };
}

function clearing(clearQuota: number | undefined, definition: MappingDefinition): OtherApiRates {
  const clears = clearedFields(definition).length > 0;
  if (clears) {
    const quota = clearQuota ?? DEFAULT_CLEAR_QUOTA_PER_SECOND;
    return { UpdateProfile: { quota, reserve: defaultReserve(quota) } };
  }
  if (clearQuota === undefined) return {};
  throw new InvalidConfiguration(
    `clearQuota is ${clearQuota}, but the mapping clears no field. Leave it out, or give fields of the mapping clearWhenEmpty.`,
  );
}

/** For the outputs: the commands show and set the rate of each. */
export function quotasOfOtherApis({ rates }: RatePlan): { readonly QuotasOfOtherApis?: string } {
  const { PutProfileObject: _, ...others } = rates;
  const quotas = Object.entries(others).map(([api, { quota }]) => [api, quota]);
  return quotas.length === 0 ? {} : { QuotasOfOtherApis: JSON.stringify(Object.fromEntries(quotas)) };
}
