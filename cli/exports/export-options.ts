import { type Command, InvalidArgumentError } from 'commander';
import { shellWord } from '../../functions/shared/shell-word.ts';
import { readAsOf } from '../../functions/split-export/export-time.ts';

/** As what a file is uploaded: the same for what tries it and for what does it. */
export interface ExportOptions {
  /** ISO 8601 with an offset, as it goes into the object's metadata. */
  readonly asOf?: string;
  readonly name?: string;
}

export function withExportOptions(command: Command): Command {
  return command
    .argument('<export>', 'CSV or JSON Lines file')
    .option(
      '--as-of <time>',
      'when the data was taken, ISO 8601 with an offset (default: the time in the name, else now)',
      asOfTime,
    )
    .option(
      '--name <name>',
      'of the object, below the prefix of exports; may hold folders (default: that of the file)',
    );
}

/** The call that uploads a file as these options say; only `sync` starts a run that sends every row. */
export function uploadCall(path: string, { asOf, name, resync }: ExportOptions & { readonly resync: boolean }): string {
  return [
    resync ? 'sync' : 'upload',
    shellWord(path),
    ...(resync ? ['--resync'] : []),
    ...(asOf === undefined ? [] : ['--as-of', shellWord(asOf)]),
    ...(name === undefined ? [] : ['--name', shellWord(name)]),
  ].join(' ');
}

function asOfTime(text: string): string {
  if (readAsOf(text) !== undefined) return text;
  throw new InvalidArgumentError('It must be an ISO 8601 time with an offset, such as 2026-11-03T02:00:00+09:00.');
}
