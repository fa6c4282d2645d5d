import { count, counted } from '../../../../functions/shared/words.ts';
import { shortRun } from '../../../output/words.ts';
import type { RejectedView, StackView } from '../../api.ts';
import { at } from '../client.ts';
import { DropZone } from '../parts/drop-zone.tsx';
import { Loading, NotUpToDate } from '../parts/problem.tsx';
import { NEVER } from '../poller.ts';
import { linkTo, type Route } from '../route.ts';
import { usePolled } from '../use-polled.ts';

const AGAIN_MS = 10_000;

const EXTENTS: Readonly<Record<Exclude<RejectedView['extent'], 'all'>, string>> = {
  'so far': 'These are the rows so far: the run is at work, or it failed.',
  'no files': 'The run left no files, or they have expired.',
};

export function Rejected({
  route: { runId, code, number = 1 },
  stack,
  onSearch,
}: {
  readonly route: Extract<Route, { page: 'rejected' }>;
  readonly stack: StackView | undefined;
  readonly onSearch: (text: string) => void;
}) {
  const polled = usePolled<RejectedView>(at.rejected(runId, code, number), ({ extent }) =>
    extent === 'so far' ? AGAIN_MS : NEVER,
  );
  const { value } = polled;
  const chosen = value?.codes.find((each) => each.code === code);
  return (
    <>
      <p class="crumbs">
        <a href={linkTo({ page: 'runs' })}>Runs</a> / <a href={linkTo({ page: 'run', runId })}>{shortRun(runId)}</a>
      </p>
      <div class="title">
        <h1 tabIndex={-1}>Rejected rows</h1>
        {value && value.rejected > 0 && (
          <div class="actions">
            <a class="button" href={at.rejectedFile(runId)} download>
              Download to correct
            </a>
          </div>
        )}
      </div>
      <NotUpToDate of={polled} />
      {!value && polled.error === undefined && <Loading what="the rejected rows" />}
      {value && (
        <>
          {value.extent !== 'all' && <p class="muted note">{EXTENTS[value.extent]}</p>}
          {value.rejected === 0 ? (
            <p class="empty">No row was rejected.</p>
          ) : (
            <>
              <nav class="chips" aria-label="Rejected rows by code">
                <a
                  class="chip"
                  href={linkTo({ page: 'rejected', runId })}
                  aria-current={code === undefined ? 'true' : undefined}
                >
                  all {count(value.rejected)}
                </a>
                {value.codes.map((each) => (
                  <a
                    key={each.code}
                    class="chip"
                    href={linkTo({ page: 'rejected', runId, code: each.code })}
                    aria-current={each.code === code ? 'true' : undefined}
                  >
                    {each.code} {count(each.rows)}
                  </a>
                ))}
              </nav>
              <Meanings codes={chosen ? [chosen] : value.codes} />
              <Rows view={value} onSearch={onSearch} />
              <Pages view={value} runId={runId} code={code} />
              <DropZone address={(name, insists) => at.resubmission(runId, name, insists)} stack={stack} canInsist>
                <b>Drop the corrected file here</b>
                <span class="muted">
                  Download it, correct rows, and leave their first four columns as they are. Keep only the rows that you
                  corrected: the others would be rejected again.
                </span>
              </DropZone>
            </>
          )}
        </>
      )}
    </>
  );
}

function Meanings({ codes }: Pick<RejectedView, 'codes'>) {
  return (
    <dl class="meanings">
      {codes.map(({ code, meaning, whatToDo }) => (
        <div key={code}>
          <dt>
            <code>{code}</code>
          </dt>
          <dd>
            {meaning} {whatToDo && <b>{whatToDo}</b>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Rows({ view, onSearch }: { readonly view: RejectedView; readonly onSearch: (text: string) => void }) {
  return (
    <table class="cards rejected">
      <caption class="unseen">
        {counted(view.rejected, 'rejected row')}, page {view.page} of {view.pages}
      </caption>
      <thead>
        <tr>
          <th scope="col" class="number">
            Row
          </th>
          <th scope="col">Code</th>
          <th scope="col">Reason</th>
          <th scope="col">Customer</th>
        </tr>
      </thead>
      <tbody>
        {view.rows.map(({ row, code, reason, customerKey }) => (
          <tr key={row}>
            <th scope="row" class="number" data-name="Row">
              {count(row)}
            </th>
            <td class="whole" data-name="Code">
              <code>{code}</code>
            </td>
            <td data-name="Reason">{reason}</td>
            <td class="whole" data-name="Customer">
              {customerKey === '' ? (
                <span class="muted">no key</span>
              ) : (
                <button type="button" class="link" onClick={() => onSearch(customerKey)}>
                  {customerKey}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Pages({
  view: { page, pages },
  runId,
  code,
}: {
  readonly view: RejectedView;
  readonly runId: string;
  readonly code: string | undefined;
}) {
  if (pages === 1) return null;
  const link = (number: number) => linkTo({ page: 'rejected', runId, number, ...(code !== undefined && { code }) });
  return (
    <nav class="pages" aria-label="Pages of rejected rows">
      {page > 1 && (
        <a class="button" href={link(page - 1)}>
          Previous
        </a>
      )}
      <span>
        Page {count(page)} of {count(pages)}
      </span>
      {page < pages && (
        <a class="button" href={link(page + 1)}>
          Next
        </a>
      )}
    </nav>
  );
}
