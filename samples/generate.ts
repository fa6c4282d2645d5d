import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { exportCsv } from './export-csv.ts';

const MAX_PER_CENT = 100;

const program = new Command('npm run sample --')
  .description('Makes an export of invented customers that fits mappings/customer.json.')
  .option('--rows <n>', 'rows without the header', wholeNumber, 2_000)
  .option('--seed <n>', 'the same seed makes the same customers', wholeNumber, 1)
  .option('--night <n>', 'which night: 2 is the export after 1, with the changes of one day', nightNumber, 1)
  .option('--churn <percent>', 'per cent of the customers that change from one night to the next', perCent, 1)
  .option('--out <file>', 'where to write', 'samples/customers.csv')
  .addHelpText(
    'after',
    '\nThe second night of a million customers, 1 % of them changed:\n  npm run sample -- --rows 1000000 --night 2 --out second.csv',
  )
  .parse();

// The sample in the repository is what the README's figures are about: other rows go to another file.
const changed = ['rows', 'seed', 'night', 'churn'].filter((name) => program.getOptionValueSource(name) === 'cli');
if (changed.length > 0 && program.getOptionValueSource('out') !== 'cli') {
  program.error('Say where to write with --out FILE: samples/customers.csv stays as it is.');
}

const { out, ...options } = program.opts<{ rows: number; seed: number; night: number; churn: number; out: string }>();
try {
  await pipeline(Readable.from(exportCsv(options)), createWriteStream(out));
  const { size } = await stat(out);
  console.log(`${out}: ${options.rows.toLocaleString('en')} rows, ${size.toLocaleString('en')} bytes`);
} catch (error) {
  program.error(`${out} can't be written: ${error instanceof Error ? error.message : error}`);
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
