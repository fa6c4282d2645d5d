/** Numbers and durations as people read them. */

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 row`, `2,000 rows`. */
export function counted(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`;
}

/** Parts of a cent that nobody looks at. */
const LEAST_USD = 0.0001;

/** US dollars: `$3.28`, of little two digits that count, as `$0.0042`, and `under $0.0001`. */
export function dollars(usd: number): string {
  if (usd > 0 && usd < LEAST_USD) return `under $${LEAST_USD}`;
  const digits =
    usd >= 0.1 || usd === 0 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
  return `$${usd.toLocaleString('en-US', digits)}`;
}

/** The two largest units: `27 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < MINUTE_S) return `${whole} s`;
  if (whole < HOUR_S) return pair(whole, MINUTE_S, 'min', 1, 's');
  if (whole < DAY_S) return pair(whole, HOUR_S, 'h', MINUTE_S, 'min');
  return pair(whole, DAY_S, 'd', HOUR_S, 'h');
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}
