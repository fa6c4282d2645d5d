import { basename } from 'node:path';
import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { checkExport, checkExportFile } from '../exports/check-export.ts';
import { deployedLedger } from '../exports/deployed-ledger.ts';
import { type ExportOptions, uploadCall, withExportOptions } from '../exports/export-options.ts';
import { planExport } from '../exports/plan.ts';
import { createRowsDisplay } from '../exports/plan-progress.ts';
import { type Circumstances, describePlan } from '../exports/plan-result.ts';
import { checkExportTime, exportTarget } from '../exports/upload-target.ts';
import { readRate } from '../rate/rate-state.ts';
import { readDeadline } from '../runs/deadline.ts';

interface PlanOptions extends StackOptions, ExportOptions {
  readonly resync?: boolean;
  readonly rejected?: boolean;
}

export const planCommand = (cli: CommandLine): Command =>
  withExportOptions(
    newCommand({
      name: 'plan',
      does: 'Tells what a run of this export would do now, row by row as a worker decides it: how many rows would be sent, and how long that takes. Sends and changes nothing. A refusal of the service that it has not given yet is not foreseen. Reads the ledger once per row (on AWS one read unit each).',
      examples: [
        ['plan samples/customers.csv --local', 'the sample, on the embedded stack'],
        ['plan customers.csv --rejected', 'with the rows that would be rejected, and why'],
        ['plan customers.csv --as-of 2026-11-21T02:00:00+09:00', 'as an export of that time'],
      ],
    }),
  )
    .option('--resync', 'as a run that sends every row, also those known as unchanged or refused')
    .option(
      '--rejected',
      'show the first rows that would be rejected; reasons may quote what the service said of a row',
    )
    .action(async (path: string, options: PlanOptions) => {
      const { asOf, name = basename(path), resync = false, rejected = false } = options;
      await checkExportFile(path, name);
      await cli.onStack(options, async (stack) => {
        const mapping = stack.mapping();
        await checkExport(path, mapping, name);
        const { clock, stream, signal } = stack;
        const target = exportTarget(stack, name, { asOf, resync });
        checkExportTime(target, mapping, clock.now());
        stream.write(`Reading ${path} …\n`);
        const display = createRowsDisplay(stream, clock);
        try {
          const onRows = display.show;
          const ledger = deployedLedger(stack);
          const plan = await planExport(path, { ...ledger, mapping, target, clock, signal, resync, onRows });
          return describePlan(path, plan, await circumstances(stack, target.key), {
            rejected,
            toDoIt: stack.call(uploadCall(path, { ...options, resync })),
          });
        } finally {
          display.end();
        }
      });
    });

async function circumstances(stack: ConnectedStack, key: string): Promise<Circumstances> {
  const now = stack.clock.now();
  const { recordsPerPermit } = stack.exportRate;
  return {
    now,
    rate: await readRate(stack),
    ...(stack.quotas.UpdateProfile !== undefined && { clearRate: await readRate(stack, 'UpdateProfile') }),
    ...(stack.quotas.DeleteProfile !== undefined && { deleteRate: await readRate(stack, 'DeleteProfile') }),
    recordsPerPermit,
    deadline: await readDeadline({ startedAt: now, key }, stack),
  };
}
