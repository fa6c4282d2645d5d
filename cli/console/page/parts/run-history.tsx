import { useState } from 'preact/hooks';
import type { HistoryView, RunView } from '../../api.ts';
import { at } from '../client.ts';
import { fullTime, shortTime } from '../times.ts';
import { usePolled } from '../use-polled.ts';
import { Loading, NotUpToDate } from './problem.tsx';

const PAGE = 25;
const WHILE_AT_WORK_MS = 2_000;
/** It may just have ended, or be redriven elsewhere. */
const ELSE_MS = 5_000;

/** What Step Functions noted of a run, newest first. */
export function RunHistory({ run: { runId, status } }: { readonly run: RunView }) {
  const [limit, setLimit] = useState(PAGE);
  const polled = usePolled<HistoryView>(at.history(runId, limit), () =>
    status === 'RUNNING' ? WHILE_AT_WORK_MS : ELSE_MS,
  );
  const { value } = polled;
  if (!value) return polled.error === undefined ? <Loading what="the history" /> : <NotUpToDate of={polled} />;
  return (
    <>
      <NotUpToDate of={polled} />
      <ol class="history">
        {value.events.map(({ id, at: time, state, text, isTrouble }) => (
          <li key={id} class={isTrouble ? 'trouble' : undefined}>
            <time title={fullTime(time)}>{shortTime(time)}</time>
            <span>
              {state && <b>{state}</b>} {text}
            </span>
          </li>
        ))}
      </ol>
      {value.hasMore && (
        <button type="button" class="more" onClick={() => setLimit(limit + 4 * PAGE)}>
          Show older events
        </button>
      )}
    </>
  );
}
