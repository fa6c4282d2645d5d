import { REJECT_CODES, REJECT_REMEDIES, type RejectCode } from '../../functions/shared/rejection.ts';
import { errorCatalogue } from '../../functions/shared/run-failure/error-catalogue.ts';
import type { CommandResult } from '../command-line.ts';
import { UserError } from '../user-error.ts';

interface Explained {
  readonly name: string;
  readonly of: 'run' | 'row';
  readonly meaning: string;
  readonly whatToDo: string;
}

const CATALOGUE: readonly Explained[] = [
  ...errorCatalogue.map(({ name, meaning, whatToDo }): Explained => ({ name, of: 'run', meaning, whatToDo })),
  ...(Object.keys(REJECT_CODES) as RejectCode[]).map(
    (name): Explained => ({ name, of: 'row', meaning: REJECT_CODES[name], whatToDo: REJECT_REMEDIES[name] }),
  ),
];

/** @throws UserError if there is no such error or code. */
export function describeErrors(code: string | undefined): CommandResult {
  const errors = code === undefined ? CATALOGUE : CATALOGUE.filter(({ name }) => isNamed(name, code));
  if (errors.length > 0) return { text: describe(errors), json: { errors } };
  const like = CATALOGUE.filter(({ name }) => name.toLowerCase().includes((code ?? '').toLowerCase()));
  const meant = like.length > 0 ? ` Do you mean ${like.map(({ name }) => name).join(', ')}?` : '';
  throw new UserError(
    `There is no error or code ${code} in the catalogue.${meant} Without a code, the command prints all of them.`,
  );
}

function isNamed(name: string, code: string): boolean {
  return name.toLowerCase() === code.toLowerCase();
}

function describe(errors: readonly Explained[]): string {
  const headings = { run: 'Errors that end a run', row: 'Codes of rejected rows and live events' } as const;
  return (['run', 'row'] as const)
    .flatMap((of) => {
      const those = errors.filter((error) => error.of === of);
      if (those.length === 0) return [];
      return [
        `${headings[of]}\n`,
        ...those.map(({ name, meaning, whatToDo }) => `${name}\n  ${meaning}\n  ${whatToDo}\n`),
      ];
    })
    .join('\n')
    .trimEnd();
}
