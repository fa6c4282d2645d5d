import type { Random } from '../random.ts';
import type { EventStep } from '../types.ts';
import { invalid } from './invalid.ts';
import { jsonText, nested } from './json.ts';
import { written } from './values.ts';
import type { Values, World } from './world.ts';

type Event = Omit<EventStep, 'kind' | 'atMs'>;

/** What the CRM says live: newer and older than exports, twice the same, other content at the same time, and invalid. */
export function makeEvents(world: World, count: number, random: Random): Event[] {
  return Array.from({ length: count }).flatMap(() => {
    const snapshot = random.chance(0.3) ? world.earlier(random) : world.now;
    const time = snapshot.time + random.int(-7_200_000, 7_200_000);
    const values = random.pick([...snapshot.customers.values()]);
    const said = random.chance(0.7) ? world.changed(values, time, random) : values;
    return random.weighted([
      [() => [event(time, said, random)], 6],
      [() => repeated(event(time, said, random)), 1],
      [() => atOnce(world, time, said, random), 1],
      [() => [invalidEvent(world, time, said, random)], 2],
    ])();
  });
}

function event(time: number, values: Values, random: Random): Event {
  const record = jsonText(values, random);
  const own = random.chance(0.7) ? `,"time":"${written(time, random).replace(' ', 'T')}"` : '';
  return { ...envelope(time), detail: `{"record":${record}${own}}` };
}

function envelope(time: number): Omit<Event, 'detail'> {
  const seconds = Math.floor(time / 1_000) * 1_000;
  return { source: 'crm.example', detailType: 'Customer Changed', time: new Date(seconds).toISOString() };
}

function repeated(event: Event): Event[] {
  return [event, event];
}

/** Two contents of one customer that neither is older of. */
function atOnce(world: World, time: number, values: Values, random: Random): Event[] {
  const { updatedAt } = world.mapping;
  const same = updatedAt ? { [updatedAt.column]: values[updatedAt.column] ?? '' } : {};
  const other = { ...world.changed(values, time, random), ...same };
  const at = new Date(time).toISOString();
  return [values, other].map((one) => ({
    ...envelope(time),
    detail: `{"record":${jsonText(one, random)},"time":"${at}"}`,
  }));
}

function invalidEvent(world: World, time: number, values: Values, random: Random): Event {
  const good = event(time, values, random);
  const record = jsonText(values, random);
  return random.weighted<() => Event>([
    [() => event(time, invalid(world.mapping, values, random), random), 4],
    [() => ({ ...good, detail: `{"record":${nested(values, random)}}` }), 1],
    [() => ({ ...good, detailType: 'Customer Deleted' }), 1],
    [() => ({ ...good, detail: record }), 1],
    [() => ({ ...good, detail: `{"record":[${record}]}` }), 1],
    [() => ({ ...good, detail: `{"record":${record},"time":"yesterday"}` }), 1],
    [() => ({ ...good, detail: `{"record":${record},"time":"2099-01-01T00:00:00Z"}` }), 1],
  ])();
}
