/** Numbers, times and durations as people read them. */

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

/** Date and time in the machine's time zone, `2026-11-22 02:10:33`. */
export function localTime(time: Date | number | string): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The name of a run as people write it: EventBridge makes names of two UUIDs, and commands take the beginning of a name. */
export function shortRun(runId: string): string {
  return /^[\da-f]{8}-[\da-f-]{27}_[\da-f-]{36}$/.test(runId) ? runId.slice(0, 8) : runId;
}
