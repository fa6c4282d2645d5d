import type { Command } from 'commander';
import { type CommandLine, newCommand } from '../command-line.ts';
import type { StackOptions } from '../connect/stack-options.ts';
import { openInBrowser } from '../output/open-in-browser.ts';
import { describeReport } from '../runs/describe-report.ts';
import { findRun } from '../runs/find-run.ts';
import { readReport, reportPage } from '../runs/read-report.ts';

interface ReportOptions extends StackOptions {
  readonly open: boolean;
}

export const reportCommand = (cli: CommandLine): Command =>
  newCommand({
    name: 'report',
    does: 'Fetches the report of a run, its summary and its rejected rows, prints the result, and opens the report in the browser. A run that failed has a report alone. The rejected rows are customer data.',
    examples: [
      ['report 91f', 'of the run whose name begins so'],
      ['report 91f --no-open', 'without the browser'],
    ],
    exitCodes: { 2: 'the run failed' },
  })
    .argument('<run>', 'name of the run, or the beginning of it')
    .option('--no-open', 'do not open the report; nothing is opened either with --json or without a terminal')
    .action((run: string, options: ReportOptions) =>
      cli.onStack(options, async (stack) => {
        const report = await readReport(stack, await findRun(stack, run));
        const shows = options.open && !options.json && cli.stdout.isTTY;
        const page = reportPage(report);
        if (shows && page !== undefined) await openInBrowser(page);
        return describeReport(report, stack);
      }),
    );
