import { REJECT_CODES, REJECT_REMEDIES } from '../../../functions/shared/rejection.ts';
import { isRejectCode } from '../../rejected/describe-rejected.ts';
import { findRejectedRows } from '../../rejected/rejected-rows.ts';
import { selectRows } from '../../rejected/select-rows.ts';
import { UserError } from '../../user-error.ts';
import type { RejectedView } from '../api.ts';
import type { Host } from '../host.ts';
import { wholeNumberIn } from '../query.ts';
import { foundRun } from '../run-reads.ts';

const PAGE_ROWS = 50;
const MAX_PAGE = 1_000_000;

/** One page of the rejected rows of a run. The file is read to its end for it, with flat memory. */
export async function rejectedView(host: Host, run: string, query: URLSearchParams): Promise<RejectedView> {
  const page = wholeNumberIn(query, 'page', { min: 1, max: MAX_PAGE, otherwise: 1 });
  const code = query.get('code') ?? undefined;
  if (code !== undefined && !isRejectCode(code)) {
    throw new UserError(`code is one of ${Object.keys(REJECT_CODES).join(', ')}.`);
  }
  const { runId } = await foundRun(host, run);
  const found = await findRejectedRows(host.stack, runId);
  const skip = (page - 1) * PAGE_ROWS;
  const { rejected, byCode, rows } = await selectRows(found, host.stack.mapping(), { code, limit: PAGE_ROWS, skip });
  const chosen = code === undefined ? rejected : (byCode[code] ?? 0);
  return {
    extent: found.extent,
    rejected,
    codes: Object.entries(byCode)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, count]) => ({
        code: name,
        rows: count,
        meaning: isRejectCode(name) ? REJECT_CODES[name] : '',
        ...(isRejectCode(name) && { whatToDo: REJECT_REMEDIES[name] }),
      })),
    rows,
    page,
    pages: Math.max(1, Math.ceil(chosen / PAGE_ROWS)),
  };
}
