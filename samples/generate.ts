import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { encoder, inLettersOf, packer, SAMPLE_ENCODINGS, type SampleEncoding } from './encode.ts';
import { exportCsv } from './export-csv.ts';

const MAX_PER_CENT = 100;

const program = new Command('npm run sample --')
  .description('Makes an export of invented customers that fits mappings/customer.json.')
  .option('--rows <n>', 'rows without the header', wholeNumber, 2_000)
  .option('--seed <n>', 'the same seed makes the same customers', wholeNumber, 1)
  .option('--night <n>', 'which night: 2 is the export after 1, with the changes of one day', nightNumber, 1)
  .option('--churn <percent>', 'per cent of the customers that change from one night to the next', perCent, 1)
  .addOption(new Option('--encoding <name>', 'what to write it in').choices(SAMPLE_ENCODINGS).default('utf-8'))
  .addOption(
    new Option('--letters <name>', 'letters of this encoding alone, so that the same customers can be written in it')
      .choices(SAMPLE_ENCODINGS)
      .default('that of --encoding'),
  )
  .option('--out <file>', 'where to write; a name that ends in .gz or .zst is packed', 'samples/customers.csv')
  .addHelpText(
    'after',
    '\nThe second night of a million customers, 1 % of them changed:\n  npm run sample -- --rows 1000000 --night 2 --out second.csv',
  )
  .parse();

// The sample in the repository is what the README's figures are about: other rows go to another file.
const changed = ['rows', 'seed', 'night', 'churn', 'encoding', 'letters'].filter(
  (name) => program.getOptionValueSource(name) === 'cli',
);
if (changed.length > 0 && program.getOptionValueSource('out') !== 'cli') {
  program.error('Say where to write with --out FILE: samples/customers.csv stays as it is.');
}

interface SampleOptions {
  readonly rows: number;
  readonly seed: number;
  readonly night: number;
  readonly churn: number;
  readonly encoding: SampleEncoding;
  readonly letters: SampleEncoding;
  readonly out: string;
}

const { out, encoding, letters, ...options } = program.opts<SampleOptions>();
const ofEncoding = program.getOptionValueSource('letters') === 'cli' ? letters : encoding;
try {
  await pipeline(text(), encoder(encoding), packer(out), createWriteStream(out));
  const { size } = await stat(out);
  console.log(`${out}: ${options.rows.toLocaleString('en')} rows, ${size.toLocaleString('en')} bytes`);
} catch (error) {
  program.error(`${out} can't be written: ${error instanceof Error ? error.message : error}`);
}

function* text(): Generator<string> {
  for (const block of exportCsv(options)) yield inLettersOf(ofEncoding, block);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('It must be a whole number.');
  return number;
}

function nightNumber(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('Nights count from 1.');
  return number;
}

function perCent(text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || number > MAX_PER_CENT) {
    throw new InvalidArgumentError(`It must be a number from 0 to ${MAX_PER_CENT}.`);
  }
  return number;
}
