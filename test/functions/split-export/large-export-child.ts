import { splitExport } from '../../../functions/split-export/split-export.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { splitDependencies } from '../../helpers/split-dependencies.ts';

/**
 * Splits one export in a process of its own, as Lambda does, and prints what came of it and the memory that it took.
 * It loads what the function loads, and no part of the embedded stack.
 */
const [s3 = '', dynamo = '', bucket = '', key = '', runBucket = '', runTable = ''] = process.argv.slice(2);
const mapping = smallMapping({ updatedAt: { column: 'changed' } });

const { rows, chunks, duplicates } = await splitExport(
  { runId: 'large', resync: false, bucket, key },
  splitDependencies({ s3, dynamo }, { runBucket, runTable }, mapping),
);

const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ rows, chunks, duplicates, peakMb }));
