import type { Baseline } from '../baselines/tuning.ts';
import type { Bench, Effort, Line } from '../bench.ts';
import { detailsOf, rowsInOneLambda } from './details.ts';
import { nightsOf } from './exports.ts';
import { callsOfChanges, comparisons, type Story, wrongCustomers } from './lines.ts';
import { type Circumstances, type Night, type Played, play } from './play.ts';
import { OTHERS_PER_SECOND, OUTAGE, OUTAGE_SECONDS, PARTS, type Rows, settings } from './settings.ts';
import { baseline, OURS, type System } from './systems.ts';
import { changedCustomers } from './truth.ts';

const ROWS: Readonly<Record<Effort, Rows>> = {
  quick: { all: 300, loop: 40, outage: 0 },
  full: { all: 2_000, loop: 200, outage: 1_000 },
};
const BASELINES: readonly Baseline[] = ['loop', 'parallel', 'map'];

export const nights: Bench = {
  name: 'nights',
  title: 'First and second night, against what one would write instead',
  async measure(effort, say) {
    const rows = ROWS[effort];
    const isFull = effort === 'full';

    async function story(system: System, played: readonly Night[], circumstances: Circumstances = {}): Promise<Story> {
      say(`${system.name}: ${played.map(({ name }) => name).join('; ')}`);
      return { system: system.name, nights: await play(system, played, circumstances) };
    }
    async function stories(names: readonly Baseline[], nightsFor: (rows: number) => Night[], of = rows.all, more = {}) {
      const played: Story[] = [];
      for (const name of names) {
        played.push(await story(baseline(name), nightsFor(name === 'loop' ? rows.loop : of), more));
      }
      return played;
    }
    const firstNight = (count: number) => [nightsOf(count).first];

    say('Alone');
    const { first, same, onePercent, tenPercent, late } = nightsOf(rows.all);
    const ours = await story(OURS, [first, same, onePercent, tenPercent, ...(isFull ? [late(tenPercent)] : [])]);
    const others = await stories(isFull ? BASELINES : ['parallel', 'map'], (count) => {
      const theirs = nightsOf(count);
      return [theirs.first, theirs.onePercent, ...(isFull ? [theirs.late(theirs.onePercent)] : [])];
    });
    if (!isFull) others.unshift(...(await stories(['loop'], firstNight)));

    say('In parts, with another caller beside');
    const crowd = { othersPerSecond: OTHERS_PER_SECOND, parts: PARTS };
    const crowdedOurs = await story(OURS, firstNight(rows.all), crowd);
    const crowdedOthers = await stories(isFull ? BASELINES : ['parallel'], firstNight, rows.all, crowd);

    if (isFull) say('With an outage');
    const outage = { fault: OUTAGE };
    const outageOurs = isFull ? await story(OURS, firstNight(rows.outage), outage) : undefined;
    const outageOthers = isFull ? await stories(BASELINES, firstNight, rows.outage, outage) : [];

    const crowdName = `${PARTS} parts at once, ${OTHERS_PER_SECOND} calls/s of another caller`;
    const outageName = `an outage of ${OUTAGE_SECONDS} s`;
    return {
      settings: settings(rows),
      lines: [
        ...changes(ours),
        ...wrong('', ours, others),
        ...wrong(`, ${crowdName}`, crowdedOurs, crowdedOthers),
        ...(outageOurs ? wrong(`, ${outageName}`, outageOurs, outageOthers) : []),
        ...ours.nights.filter((night) => !night.night.includes('late')).flatMap((night) => comparisons(night, others)),
        ...crowdedOurs.nights.flatMap((night) => comparisons(night, crowdedOthers, `, ${crowdName}`)),
      ],
      details: [
        ...detailsOf('Alone', [ours, ...others]),
        ...detailsOf(capitalised(crowdName), [crowdedOurs, ...crowdedOthers]),
        ...(outageOurs ? detailsOf(capitalised(outageName), [outageOurs, ...outageOthers]) : []),
        rowsInOneLambda(others),
      ],
    };
  },
};

/** Each second night of ours against the night before it. */
function changes({ nights }: Story): Line[] {
  return nights.flatMap((night, index) => {
    const before = nights[index - 1];
    if (!before || !night.night.startsWith('second')) return [];
    return callsOfChanges(night, changedCustomers(before.truth, night.truth));
  });
}

const lost = (night: Played) => night.lost;
const older = (night: Played) => night.older;

function wrong(circumstances: string, { nights }: Story, others: readonly Story[]): Line[] {
  return nights.flatMap((night) => [
    wrongCustomers(`${night.night}${circumstances}: customers lost`, lost, night, others),
    wrongCustomers(`${night.night}${circumstances}: customers with older data`, older, night, others),
  ]);
}

const capitalised = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
