import { columnsOf } from '../oracle/mapping.ts';
import type { Random } from '../random.ts';
import type { ExportStep } from '../types.ts';
import { csvText, type Draft } from './csv.ts';
import { invalid, tooLarge } from './invalid.ts';
import { jsonLinesText, jsonText, nested, notJson } from './json.ts';
import { written } from './values.ts';
import type { Snapshot, Values, World } from './world.ts';

const INVALID_SHARE = 0.06;
const REPEATED_SHARE = 0.1;
/** Of the exports of a phase, in turn. */
const WRITTEN_AS = [undefined, 'gzip', 'utf-16', 'zstd', undefined] as const;

type ExportFile = Omit<ExportStep, 'kind' | 'atMs'>;

/** An export of the CRM as it is, or as it was at an earlier time and only now arrives. */
export function makeExport(world: World, number: number, random: Random): ExportFile {
  const snapshot = random.chance(0.2) ? world.earlier(random) : world.advance();
  const isFull = world.mapping.exports.contains === 'full';
  const share = isFull ? 0.98 : random.int(30, 100) / 100;
  const records = [...snapshot.customers.values()].filter(() => random.chance(share));
  const repeated = records
    .filter(() => random.chance(REPEATED_SHARE))
    .map((values) => world.changed(values, snapshot.time - random.int(0, 7_200_000), random));
  const rows = random.shuffled([...records, ...repeated]);
  const isCsv = random.chance(0.6);
  const isCorrected = isCsv && !isFull && random.chance(0.25);
  const content = isCsv ? csv(world, rows, isCorrected, random) : jsonLines(world, rows, random);
  const writtenAs = WRITTEN_AS[number % WRITTEN_AS.length];
  return { ...named(snapshot, number, isCsv ? 'csv' : 'jsonl', random), content, ...(writtenAs && { writtenAs }) };
}

/** Most exports say when they were taken; some by the day in their key, some not at all. Two never say the same time. */
function named(
  { time }: Snapshot,
  number: number,
  extension: string,
  random: Random,
): Pick<ExportFile, 'name' | 'asOf'> {
  const asOf = written(time + number + 1, random).replace(' ', 'T');
  return random.weighted([
    [{ name: `crm-${number}.${extension}`, asOf }, 8],
    [{ name: `customers-${new Date(time).toISOString().slice(0, 10)}-${number}.${extension}` }, 1],
    [{ name: `crm-${number}.${extension}` }, 0.5],
  ]);
}

function csv(world: World, rows: readonly Values[], isCorrected: boolean, random: Random): string {
  const { mapping } = world;
  const version = (): string => {
    const { time } = world.earlier(random);
    return random.weighted([
      [`${new Date(time).toISOString()}/${new Date(time + 60_000).toISOString()}/${random.int(2, 99)}`, 8],
      ['', 1],
      ['yesterday', 0.5],
    ]);
  };
  const drafts = rows.flatMap((values): Draft[] => {
    const draft = { values, ...(isCorrected && { version: version() }) };
    if (!random.chance(INVALID_SHARE)) return [draft];
    // Some stand beside the good record, some in its place.
    const bad = random.chance(0.3)
      ? { ...draft, isRagged: true }
      : { ...draft, values: anyInvalid(world, values, random) };
    return random.chance(0.5) ? [bad] : random.shuffled([draft, bad]);
  });
  return csvText(drafts, columnsOf(mapping), random);
}

function jsonLines(world: World, rows: readonly Values[], random: Random): string {
  const lines = rows.flatMap((values) => {
    const line = jsonText(values, random);
    if (!random.chance(INVALID_SHARE)) return [line];
    const bad = random.weighted([
      [() => jsonText(anyInvalid(world, values, random), random), 3],
      [() => nested(values, random), 1],
      [() => notJson(random), 1],
    ]);
    return random.chance(0.5) ? [bad()] : random.shuffled([line, bad()]);
  });
  return jsonLinesText(lines, random);
}

function anyInvalid({ mapping }: World, values: Values, random: Random): Values {
  const canBeTooLarge = mapping.fields.some(({ target }) => target === undefined);
  return canBeTooLarge && random.chance(0.15) ? tooLarge(values, random) : invalid(mapping, values, random);
}
