/** The APIs of Customer Profiles that have a budget: AWS gives each a quota of its own, per account and Region. */
export const API_NAMES = ['PutProfileObject', 'BatchPutProfileObject', 'UpdateProfile', 'DeleteProfile'] as const;

/** Also the id of the API's item in BudgetTable. */
export type ApiName = (typeof API_NAMES)[number];

/** Calls per second of the whole system, and how many of them batch leaves to live events. */
export interface ApiRate {
  readonly quota: number;
  readonly reserve: number;
}

/** Of the APIs that a deployment uses besides PutProfileObject, which all use. */
export type OtherApiRates = Readonly<Partial<Record<Exclude<ApiName, 'PutProfileObject'>, ApiRate>>>;

export type ApiRates = OtherApiRates & { readonly PutProfileObject: ApiRate };
