/** The APIs of Customer Profiles that have a budget: AWS gives each a quota of its own, per account and Region. */
export const API_NAMES = ['PutProfileObject', 'BatchPutProfileObject', 'UpdateProfile', 'DeleteProfile'] as const;

/** Also the id of the API's item in BudgetTable. */
export type ApiName = (typeof API_NAMES)[number];

/** What a permit of BatchPutProfileObject is for, as AWS does not say what its quota counts. */
export const BATCH_PERMITS = ['item', 'call'] as const;
export type BatchPermit = (typeof BATCH_PERMITS)[number];

/** Calls per second of the whole system, and how many of them batch leaves to live events. */
export interface ApiRate {
  readonly quota: number;
  readonly reserve: number;
}

export interface BatchRate extends ApiRate {
  readonly permitFor: BatchPermit;
}

/** BatchPutProfileObjectRequestItemList of the service model: max 10. */
export const RECORDS_PER_CALL = 10;

/** Of the APIs that a deployment uses besides PutProfileObject, which all use. */
export type OtherApiRates = Readonly<
  Partial<Record<Exclude<ApiName, 'PutProfileObject' | 'BatchPutProfileObject'>, ApiRate>>
> & { readonly BatchPutProfileObject?: BatchRate };

export type ApiRates = OtherApiRates & { readonly PutProfileObject: ApiRate };
