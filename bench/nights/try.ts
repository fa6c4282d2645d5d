import { dollars } from './bill.ts';
import { nightsOf } from './exports.ts';
import { play } from './play.ts';
import { baseline, OURS } from './systems.ts';

const [name = 'ours', rows = '400', others = '0', which = 'first,onePercent', ...tuning] = process.argv.slice(2);
const n = nightsOf(Number(rows));
const system =
  name === 'ours'
    ? OURS
    : baseline(name as 'loop', Object.fromEntries(tuning.map((t) => t.split('=') as [string, string])));
const nights = which.split(',').map((w) => (w === 'late' ? n.late(n.onePercent) : n[w as 'first']));
for (const { truth, bill, ...r } of await play(system, nights, { othersPerSecond: Number(others) }))
  console.log(
    name,
    tuning.join(' '),
    JSON.stringify({
      ...r,
      rows: truth.rows,
      customers: truth.customers.size,
      perSecond: r.calls / r.seconds,
      usd: (dollars(bill) / truth.rows) * 1e6,
      ...bill,
    }),
  );
