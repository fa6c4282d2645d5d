import { useEffect, useRef } from 'preact/hooks';
import { chunkTimeline } from '../../../../functions/shared/report/chunk-timeline.ts';
import { rateChart } from '../../../../functions/shared/report/rate-chart.ts';
import { count, counted, duration } from '../../../../functions/shared/words.ts';
import { costWords, shortRun } from '../../../output/words.ts';
import { exportWords } from '../../../runs/export-words.ts';
import type { ErrorView, MachineDrawing, RunView } from '../../api.ts';
import { announce } from '../announce.ts';
import { at } from '../client.ts';
import { Chart } from '../parts/chart.tsx';
import { ChunkGrid } from '../parts/chunk-grid.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { MachineGraph } from '../parts/machine-graph.tsx';
import { OutcomeLine } from '../parts/outcome-line.tsx';
import { Facts, Figures, Panel } from '../parts/panel.tsx';
import { Loading, NotUpToDate } from '../parts/problem.tsx';
import { RunActions } from '../parts/run-actions.tsx';
import { RunHistory } from '../parts/run-history.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { NEVER } from '../poller.ts';
import { linkTo } from '../route.ts';
import { runVerdict } from '../run-verdict.ts';
import { fullTime, shortTime } from '../times.ts';
import { type Polled, usePolled } from '../use-polled.ts';

const WHILE_AT_WORK_MS = 1_000;
/** Somebody may redrive it, or resubmit rows, elsewhere. */
const ELSE_MS = 5_000;
const CHART_HEIGHT = 220;
/** Of an error; the grid shows all. */
const NAMED_CHUNKS = 8;

export function Run({ runId }: { readonly runId: string }) {
  const polled = usePolled<RunView>(at.run(runId), ({ status }) => (status === 'RUNNING' ? WHILE_AT_WORK_MS : ELSE_MS));
  const machine = usePolled<MachineDrawing>(at.machine(runId), () => NEVER);
  const { value: run, refresh } = polled;
  useChangesSaid(run);
  return (
    <>
      <p class="crumbs">
        <a href={linkTo({ page: 'runs' })}>Runs</a> / <code>{run?.shortId ?? shortRun(runId)}</code>
        {run && <CopyButton text={run.runId} what="the name of the run" />}
      </p>
      {/* The heading stays while the run is read: it has the focus. */}
      <div class="title">
        <h1 tabIndex={-1}>{run ? titleOf(run) : 'Run'}</h1>
        {run && <StateBadge run={run} />}
        {run && <RunActions run={run} onChanged={refresh} />}
      </div>
      <NotUpToDate of={polled} />
      {!run && polled.error === undefined && <Loading what="the run" />}
      {run && <RunParts run={run} machine={machine} />}
    </>
  );
}

function titleOf({ key }: RunView): string {
  return key === undefined ? 'no export named' : exportWords(key, shortRun);
}

function RunParts({ run, machine }: { readonly run: RunView; readonly machine: Polled<MachineDrawing> }) {
  return (
    <>
      <Progress run={run} />
      <Errors errors={run.errors} />
      <RunFigures run={run} />
      <div class="with-machine">
        <div class="column">
          <Panel title="State machine">
            <NotUpToDate of={machine} />
            {machine.value && <MachineGraph drawing={machine.value} run={run} />}
            {!machine.value && machine.error === undefined && <Loading what="the state machine" />}
          </Panel>
          <Details run={run} />
        </div>
        <div class="column">
          {run.rate.points.length > 0 && (
            <Panel title="Calls per second against the limit">
              <Chart draw={(width) => rateChart(run.rate, { width, height: CHART_HEIGHT })} />
            </Panel>
          )}
          {run.totalRows !== undefined && run.totalRows > 0 && (
            <Panel title="Chunks">
              <ChunkGrid run={run} />
              {run.attempts.length > 0 && <Chart draw={(width) => chunkTimeline(run.attempts, { width })} />}
            </Panel>
          )}
          {run.summary && <Notes run={run} summary={run.summary} />}
          <Panel title="History">
            <RunHistory run={run} />
          </Panel>
        </div>
      </div>
    </>
  );
}

/** A screen reader hears each change of state, not each row. */
function useChangesSaid(run: RunView | undefined): void {
  const last = useRef<string>(undefined);
  useEffect(() => {
    if (!run) return;
    const said = `${run.runId} ${run.state}`;
    if (last.current !== undefined && last.current !== said) announce(`The run is ${run.state}.`);
    last.current = said;
  }, [run]);
}

function Progress({ run }: { readonly run: RunView }) {
  const { status, rows, totalRows, at: now, endsAt, deadline } = run;
  const look =
    { RUNNING: 'running', SUCCEEDED: run.rejected > 0 ? 'warn' : 'good', ABORTED: 'warn' }[String(status)] ?? 'bad';
  const misses = status === 'RUNNING' && deadline !== undefined && (endsAt ?? now) > deadline;
  return (
    <div class={`verdict ${look}`}>
      <p>{runVerdict(run)}</p>
      {deadline !== undefined && status === 'RUNNING' && (
        <p class={misses ? 'bad-text' : 'muted'}>
          {misses ? 'It will miss its deadline' : 'Its deadline is'} {shortTime(deadline)}.
        </p>
      )}
      {status !== 'SUCCEEDED' && totalRows !== undefined && (
        <div class="progress">
          <OutcomeLine run={run} />
          <span>{totalRows === 0 ? '' : `${Math.floor((rows / totalRows) * 100)} %`}</span>
        </div>
      )}
    </div>
  );
}

function Errors({ errors }: { readonly errors: readonly ErrorView[] }) {
  if (errors.length === 0) return null;
  return (
    <Panel title="What ended it, and what to do">
      {errors.map(({ name, meaning, whatToDo, message, chunks }) => (
        <div key={name} class="error">
          <h3>
            <code>{name}</code>
            {chunks.length > 0 && (
              <small>
                {' '}
                in {chunks.length === 1 ? 'chunk' : 'chunks'} {chunks.slice(0, NAMED_CHUNKS).join(', ')}
                {chunks.length > NAMED_CHUNKS && ` and ${count(chunks.length - NAMED_CHUNKS)} more`}
              </small>
            )}
          </h3>
          <p>{meaning}</p>
          {message && <pre>{message}</pre>}
          <p>
            <b>{whatToDo}</b>
          </p>
        </div>
      ))}
    </Panel>
  );
}

function RunFigures({ run }: { readonly run: RunView }) {
  const { synced, unchanged, stale, rejected, deleted, calls, throttled, retries, redrives, seconds, summary } = run;
  const late = summary?.lateErrors ?? 0;
  const timeNote = redrives > 0 ? 'at work' : 'from start to end';
  return (
    <Figures
      of={[
        { name: 'Synced', value: count(synced), note: late > 0 ? `${counted(late, 'late error')} so far` : 'accepted' },
        { name: 'Unchanged', value: count(unchanged), note: 'cost no call' },
        {
          name: 'Stale',
          value: count(stale),
          note: summary?.duplicates ? `${count(summary.duplicates)} repeated` : 'older or repeated',
        },
        { name: 'Rejected', value: count(rejected), note: rejected > 0 ? 'to be corrected' : 'none' },
        ...(deleted ? [{ name: 'Deleted', value: count(deleted), note: 'marked in the export' }] : []),
        {
          name: 'Calls',
          value: count(calls),
          note: throttled > 0 ? `${count(throttled)} throttled` : 'none throttled',
        },
        {
          name: 'Retries',
          value: count(retries),
          note: redrives > 0 ? `redriven ${redrives === 1 ? 'once' : `${redrives} times`}` : 'of chunks',
        },
        {
          name: 'Time',
          value: duration(seconds),
          note: run.status === 'RUNNING' ? `${Math.round(run.callsPerSecond)} calls/s lately` : timeNote,
        },
      ]}
    />
  );
}

function Notes({ run, summary }: { readonly run: RunView; readonly summary: NonNullable<RunView['summary']> }) {
  const { rejectedByCode, cleared, notCleared, notClearedByField, notNormalized } = summary;
  const codes = Object.entries(rejectedByCode).toSorted(([, a], [, b]) => b - a);
  const fields = Object.entries(notClearedByField).toSorted(([, a], [, b]) => b - a);
  if (codes.length === 0 && cleared === 0 && notCleared === 0 && notNormalized === 0) return null;
  return (
    <Panel title="Worth a look">
      <Facts
        of={[
          ...codes.map(
            ([code, rows]) =>
              [
                code,
                <a key={code} href={linkTo({ page: 'rejected', runId: run.runId, code })}>
                  {counted(rows, 'rejected row')}
                </a>,
              ] as const,
          ),
          cleared > 0 && [
            'Cleared',
            `${counted(cleared, 'record')} emptied a field, and the profile has it empty, too`,
          ],
          notCleared > 0 && [
            'Not cleared',
            `${counted(notCleared, 'record')} emptied a field${fields.length > 0 ? ` (${fields.map(([name, rows]) => `${name} ${count(rows)}`).join(', ')})` : ''}; the profile keeps its old value`,
          ],
          notNormalized > 0 && ['Sent as is', `${counted(notNormalized, 'value')} that could not be normalised`],
        ]}
      />
    </Panel>
  );
}

function Details({ run }: { readonly run: RunView }) {
  const {
    export: of,
    startedAt,
    redrivenAt,
    endedAt,
    executionArn,
    resync,
    resubmissions,
    runId,
    status,
    summary,
  } = run;
  return (
    <Panel title="Run and export">
      <Facts
        of={[
          of !== undefined && ['Export', <code key="export">{`s3://${of.bucket}/${of.key}`}</code>],
          of?.versionId !== undefined && ['Version', <code key="version">{of.versionId}</code>],
          of?.exportTime !== undefined && ['Data of', fullTime(of.exportTime)],
          resync && ['Resync', 'every row is sent, whatever the ledger knows'],
          ['Started', fullTime(startedAt)],
          redrivenAt !== undefined && ['Redriven', fullTime(redrivenAt)],
          endedAt !== undefined && ['Ended', fullTime(endedAt)],
          ['Run', <code key="run">{runId}</code>],
          executionArn !== undefined && [
            'Execution',
            <span key="arn">
              <code>{executionArn}</code> <CopyButton text={executionArn} what="the ARN" />
            </span>,
          ],
          summary?.usd !== undefined && ['Cost', costWords(summary.usd)],
          status === 'SUCCEEDED' && [
            'Summary',
            <a key="summary" href={at.summaryFile(runId)} target="_blank" rel="noopener">
              summary.json
            </a>,
          ],
          ...resubmissions.map(
            ({ key, uploadedAt }) =>
              ['Resubmitted', <code key={key}>{`${key} (${shortTime(uploadedAt)})`}</code>] as const,
          ),
        ]}
      />
    </Panel>
  );
}
