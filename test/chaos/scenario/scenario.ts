import { readMapping } from '../oracle/mapping.ts';
import { createRandom, type Random } from '../random.ts';
import type { ExportStep, Phase, Scenario, Step } from '../types.ts';
import { makeEvents } from './events.ts';
import { makeExport } from './exports.ts';
import { makeFaults } from './faults.ts';
import { World } from './world.ts';

const MAPPINGS = [
  'mappings/customer.json',
  'test/chaos/mappings/changes.json',
  'test/chaos/mappings/full.json',
] as const;

/** Of every fifth round, and of a third of those that delete: chosen apart from the others, so that their seeds stay what they are. */
const CLEARING = 'test/chaos/mappings/clearing.json';
const isClearing = (seed: number): boolean => seed % 5 === 3;
const DELETING = 'test/chaos/mappings/deleting.json';
const DELETING_OBJECTS = 'test/chaos/mappings/deleting-objects.json';
const isDeleting = (seed: number): boolean => seed % 5 === 1;
const isDeletingObjects = (seed: number): boolean => seed % 3 === 2;

/** What the faults of Customer Profiles hit, where the workers call more than what puts objects. */
const OPERATIONS = {
  [CLEARING]: ['PutProfileObject', 'SearchProfiles', 'UpdateProfile', 'UpdateProfile'],
  [DELETING]: ['PutProfileObject', 'SearchProfiles', 'ListProfileObjects', 'DeleteProfile', 'DeleteProfile'],
  [DELETING_OBJECTS]: [
    ...(['PutProfileObject', 'SearchProfiles', 'ListProfileObjects'] as const),
    ...(['DeleteProfileObject', 'DeleteProfileObject'] as const),
  ],
} as const;

/** The mapping of a seed whose mapping is not picked at random. */
function mappingOf(seed: number): keyof typeof OPERATIONS | undefined {
  if (isClearing(seed)) return CLEARING;
  if (!isDeleting(seed)) return undefined;
  return isDeletingObjects(seed) ? DELETING_OBJECTS : DELETING;
}

/** Of the rounds in turn, for the same reason. */
const BATCH_PERMITS = [undefined, 'item', undefined, 'call'] as const;

/** What the random values of a seed are for: one stream each. */
const FOR_ROUND = 0;
const FOR_WORLD = 1;
const FOR_PHASE = 2;
const FOR_EVENTS = 3;
const FOR_FAULTS = 4;

/** Calls per second: slow enough for a phase to have calls for some seconds, and enough for three workers of a run. */
const QUOTAS = [20, 32];

/** Milliseconds from the beginning of a phase in which things happen. */
const SPAN_MS = 4_000;
/** The first of them, in which the exports are uploaded. */
const UPLOADS_MS = 1_500;
/** The first call comes some two seconds after its upload. */
const FAULTS_MS = [300, 5_500] as const;

export interface ScenarioOptions {
  /** Live events too; without them the exports are the same. Default: true. */
  readonly events?: boolean;
  /** Default: true. */
  readonly faults?: boolean;
}

/** A round of exports, events and faults that is wholly decided by its seed. */
export function makeScenario(seed: number, { events = true, faults = true }: ScenarioOptions = {}): Scenario {
  const random = createRandom(seed, FOR_ROUND);
  const picked = random.pick(MAPPINGS);
  const special = mappingOf(seed);
  const mapping = special ?? picked;
  const operations = special && OPERATIONS[special];
  const quota = random.pick(QUOTAS);
  const world = new World(readMapping(mapping), createRandom(seed, FOR_WORLD));
  const phaseCount = random.pick([1, 1, 1, 2, 2, 3]);
  const timeOutPhase = random.chance(0.2) ? random.int(0, phaseCount - 1) : -1;
  const isAlone = Array.from({ length: phaseCount }, () => random.chance(0.3));

  const phases = isAlone.map((alone, index): Phase => {
    const uploads = makeUploads(world, index, alone, createRandom(seed, FOR_PHASE, index));
    const live = alone || !events ? [] : makeLive(world, createRandom(seed, FOR_EVENTS, index));
    const options = { hasQueue: live.length > 0, timesOut: index === timeOutPhase, ...(operations && { operations }) };
    const mishaps = faults ? makeMishaps(options, createRandom(seed, FOR_FAULTS, index)) : [];
    return { steps: [...uploads, ...live, ...mishaps].toSorted((a, b) => a.atMs - b.atMs) };
  });
  const permitFor = BATCH_PERMITS[seed % BATCH_PERMITS.length];
  const batch = permitFor && { batchQuota: String(quota), batchPermitFor: permitFor };
  return { seed, mapping, quota, ...(batch && { batch }), phases };
}

/** One export, or several at once of which some are uploaded twice. */
function makeUploads(world: World, phase: number, alone: boolean, random: Random): Step[] {
  const count = alone ? 1 : random.int(2, 4);
  const files = Array.from({ length: count }, (_, index) => makeExport(world, phase * 10 + index, random));
  const again = alone ? [] : files.filter(() => random.chance(0.2));
  const nextVersion = alone || !random.chance(0.3) ? [] : [renamed(makeExport(world, phase * 10 + 9, random), files)];
  return [...random.shuffled([...files, ...nextVersion]), ...again].map((file) => ({
    kind: 'export',
    atMs: random.int(0, UPLOADS_MS),
    ...file,
  }));
}

type ExportFile = Omit<ExportStep, 'kind' | 'atMs'>;

/** The same key with other content is a new version of the object. */
function renamed(file: ExportFile, others: readonly ExportFile[]): ExportFile {
  const extension = file.name.split('.').at(-1) ?? '';
  const same = others.find(({ name }) => name.endsWith(`.${extension}`));
  return { ...file, name: same?.name ?? file.name };
}

function makeLive(world: World, random: Random): Step[] {
  return makeEvents(world, random.int(3, 20), random).map((event) => ({
    kind: 'event',
    atMs: random.int(0, SPAN_MS),
    ...event,
  }));
}

function makeMishaps(options: Parameters<typeof makeFaults>[0], random: Random): Step[] {
  return makeFaults(options, random).map((fault) => ({ kind: 'fault', atMs: random.int(...FAULTS_MS), fault }));
}
