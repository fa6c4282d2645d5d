/** A time of day as `02:00`, on 24 hours; the groups are hour and minute. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
