import { useState } from 'preact/hooks';
import { count, duration } from '../../../../functions/shared/words.ts';
import { shortRun } from '../../../output/words.ts';
import { exportWords } from '../../../runs/export-words.ts';
import type { RunLine, RunsView, StackView } from '../../api.ts';
import { at } from '../client.ts';
import { DropZone, exportAddress } from '../parts/drop-zone.tsx';
import { OutcomeLine } from '../parts/outcome-line.tsx';
import { Loading, NotUpToDate } from '../parts/problem.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { linkTo } from '../route.ts';
import { fullTime, shortTime } from '../times.ts';
import { usePolled } from '../use-polled.ts';

const STATES = ['running', 'succeeded', 'failed', 'stopped', 'timed-out'];
const PAGE = 25;
const WHILE_AT_WORK_MS = 1_500;
const ELSE_MS = 4_000;

export function Runs({ state, stack }: { readonly state: string | undefined; readonly stack: StackView | undefined }) {
  const [limit, setLimit] = useState(PAGE);
  const polled = usePolled<RunsView>(at.runs(limit, state), ({ runs }) =>
    runs.some(({ status }) => status === 'RUNNING') ? WHILE_AT_WORK_MS : ELSE_MS,
  );
  const { value } = polled;
  return (
    <>
      <h1 tabIndex={-1}>Runs</h1>
      <DropZone address={exportAddress} stack={stack}>
        <b>Drop an export here</b>
        <span class="muted">CSV or JSON Lines. It is checked, uploaded, and its run starts by itself.</span>
      </DropZone>
      <nav class="chips" aria-label="Runs by state">
        <Chip state={undefined} current={state} />
        {STATES.map((each) => (
          <Chip key={each} state={each} current={state} />
        ))}
      </nav>
      <NotUpToDate of={polled} />
      {!value && polled.error === undefined && <Loading what="the runs" />}
      {value && (value.runs.length === 0 ? <NoRuns state={state} /> : <RunTable runs={value.runs} />)}
      {value?.hasMore && (
        <button type="button" class="more" onClick={() => setLimit(limit + PAGE)}>
          Show older runs
        </button>
      )}
    </>
  );
}

function Chip({ state, current }: { readonly state: string | undefined; readonly current: string | undefined }) {
  const isCurrent = state === current;
  return (
    <a
      class="chip"
      href={linkTo({ page: 'runs', ...(state !== undefined && { state }) })}
      aria-current={isCurrent ? 'true' : undefined}
    >
      {state?.replace('-', ' ') ?? 'all'}
    </a>
  );
}

function NoRuns({ state }: { readonly state: string | undefined }) {
  if (state !== undefined) return <p class="empty">No run is {state.replace('-', ' ')}.</p>;
  return (
    <div class="empty">
      <p>
        <b>No run yet.</b>
      </p>
      <p>
        Drop an export on this page, such as <code>samples/customers.csv</code> of the project. Its run appears here as
        soon as it has started.
      </p>
    </div>
  );
}

function RunTable({ runs }: { readonly runs: readonly RunLine[] }) {
  return (
    <table class="cards runs">
      <caption class="unseen">Runs, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Export</th>
          <th scope="col">Started</th>
          <th scope="col" class="number">
            Time
          </th>
          <th scope="col">Rows</th>
          <th scope="col" class="number">
            Rejected
          </th>
          <th scope="col" class="number">
            Calls
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Line key={run.runId} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function Line({ run }: { readonly run: RunLine }) {
  const { runId, shortId, key, startedAt, redrivenAt, seconds, rows, totalRows, rejected, calls, throttled, error } =
    run;
  return (
    <tr>
      <td class="state">
        <StateBadge run={run} />
      </td>
      <th scope="row">
        <a href={linkTo({ page: 'run', runId })}>
          {key === undefined ? 'no export named' : exportWords(key, shortRun)}
        </a>
        <small>
          <code>{shortId}</code>
          {error && <span class="bad-text"> {error}</span>}
        </small>
      </th>
      <td data-name="Started" class="started" title={fullTime(startedAt)}>
        {shortTime(startedAt)}
        {redrivenAt !== undefined && <small>redriven {shortTime(redrivenAt)}</small>}
      </td>
      <td data-name="Time" class="number">
        {duration(seconds)}
      </td>
      <td data-name="Rows" class="rows">
        <span>
          {totalRows === undefined ? '–' : rows === totalRows ? count(rows) : `${count(rows)} of ${count(totalRows)}`}
        </span>
        <OutcomeLine run={run} />
      </td>
      <td data-name="Rejected" class="number">
        {rejected > 0 ? <a href={linkTo({ page: 'rejected', runId })}>{count(rejected)}</a> : '0'}
      </td>
      <td data-name="Calls" class="number">
        {count(calls)}
        {throttled > 0 && <small class="throttled-text">{count(throttled)} throttled</small>}
      </td>
    </tr>
  );
}
