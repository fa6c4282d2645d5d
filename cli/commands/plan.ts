import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { asOfTime } from '../exports/as-of.ts';
import { checkExportFile } from '../exports/check-export.ts';
import { deployedLedger } from '../exports/deployed-ledger.ts';
import { planExport } from '../exports/plan.ts';
import { createRowsDisplay } from '../exports/plan-progress.ts';
import { rateInForce } from '../exports/plan-rate.ts';
import { describePlan } from '../exports/plan-result.ts';

interface PlanOptions extends StackOptions {
  readonly asOf?: string;
  readonly resync?: boolean;
  readonly rejected?: boolean;
}

export const planCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'plan',
    does: 'Tells what a run of this export would do now, row by row as a worker decides it: how many rows would be sent, and how long that takes. Sends and changes nothing. Reads the ledger once per row (on AWS one read unit each).',
    examples: [
      ['plan samples/customers.csv --local', 'the sample, on the embedded stack'],
      ['plan customers.csv --rejected', 'with the rows that would be rejected, and why'],
      ['plan customers.csv --as-of 2026-11-21T02:00:00+09:00', 'as an export of that time'],
    ],
  })
    .argument('<export>', 'CSV or JSON Lines file')
    .option('--as-of <time>', "when the data was taken, as the upload's metadata would say it", asOfTime)
    .option('--resync', 'as a run that sends every row, also those known as unchanged or refused')
    .option('--rejected', 'the first rows that would be rejected; reasons may quote what the service said of a row')
    .action(async (path: string, options: PlanOptions) => {
      await checkExportFile(path);
      await cli.onStack(options, async (stack) => {
        const { outputs, clock, stream, signal, call } = stack;
        const { asOf, resync = false, rejected = false } = options;
        stream.write(`Reading ${path} …\n`);
        const display = createRowsDisplay(stream, clock);
        try {
          const plan = await planExport(path, {
            ...deployedLedger(stack),
            ...{ mapping: stack.mapping(), clock, signal, prefix: outputs.ExportPrefix, asOf, resync },
            onRows: display.show,
          });
          return describePlan(path, plan, await rateInForce(stack), { rejected, call });
        } finally {
          display.end();
        }
      });
    });
