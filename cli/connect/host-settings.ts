import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../local/customer-profiles/settings.ts';
import { UserError } from '../user-error.ts';
import type { HostOptions } from './stack-options.ts';

/** The rates that an embedded stack is hosted with. */
export interface HostSettings {
  /** Of the template. */
  readonly context: Readonly<Record<string, string>>;
  /** Of the embedded service: by default it accepts what the rate plan sends. */
  readonly settings: Partial<Settings>;
  /** Names of those of both that the user gave. */
  readonly insistsOn: readonly string[];
}

/** @throws UserError if it is said what a permit of batches is for, but exports are not sent in batches. */
export function hostSettings(options: HostOptions): HostSettings {
  const { quota = DEFAULT_QUOTA_PER_SECOND, serviceQuota, batchQuota, batchPermitFor } = options;
  if (batchQuota !== undefined) return inBatches({ ...options, quota, batchQuota });
  if (batchPermitFor !== undefined) {
    throw new UserError('--batch-permit-for is of exports in batches: give --batch-quota, too, or leave it out.');
  }
  return {
    context: { quota: String(quota) },
    settings: { putRatePerSecond: serviceQuota ?? quota },
    insistsOn: [...(options.quota ? ['quota'] : []), ...(options.quota || serviceQuota ? ['putRatePerSecond'] : [])],
  };
}

/** Live events alone are then sent with PutProfileObject; the service's quota that is given is that of exports. */
function inBatches({
  quota,
  batchQuota,
  batchPermitFor = 'item',
  serviceQuota = batchQuota,
}: HostOptions & { readonly quota: number; readonly batchQuota: number }): HostSettings {
  const context = { quota: String(quota), batchQuota: String(batchQuota), batchPermitFor };
  const settings = {
    putRatePerSecond: quota,
    otherRatesPerSecond: { ...DEFAULT_SETTINGS.otherRatesPerSecond, BatchPutProfileObject: serviceQuota },
    batchCounts: batchPermitFor,
  };
  return { context, settings, insistsOn: [...Object.keys(context), ...Object.keys(settings)] };
}
