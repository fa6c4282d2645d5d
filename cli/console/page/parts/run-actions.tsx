import { useEffect, useState } from 'preact/hooks';
import type { RedriveView, RunView, StoppedView } from '../../api.ts';
import { announce } from '../announce.ts';
import { at, get, post } from '../client.ts';
import { linkTo } from '../route.ts';
import { Dialog } from './dialog.tsx';
import { Loading, Problem } from './problem.tsx';

/** What can be done with a run. @param props.onChanged it was stopped or redriven. */
export function RunActions({ run, onChanged }: { readonly run: RunView; readonly onChanged: () => void }) {
  const [asked, setAsked] = useState<'stop' | 'redrive'>();
  const { runId, status } = run;
  const close = () => setAsked(undefined);
  const done = () => {
    close();
    onChanged();
  };
  return (
    <div class="actions">
      {run.canStop && (
        <button type="button" class="danger" onClick={() => setAsked('stop')}>
          Stop
        </button>
      )}
      {(run.canRedrive || (status !== 'RUNNING' && status !== 'SUCCEEDED')) && (
        <button type="button" class="primary" onClick={() => setAsked('redrive')}>
          Redrive
        </button>
      )}
      {(run.rejected > 0 || status === 'SUCCEEDED') && (
        <a class="button" href={linkTo({ page: 'rejected', runId })}>
          Rejected rows
        </a>
      )}
      {run.hasReport && (
        <a class="button" href={at.reportFile(runId)} target="_blank" rel="noopener">
          Report
        </a>
      )}
      {asked === 'stop' && <StopDialog runId={runId} onClose={close} onDone={done} />}
      {asked === 'redrive' && <RedriveDialog runId={runId} onClose={close} onDone={done} />}
    </div>
  );
}

interface Asked {
  readonly runId: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function StopDialog({ runId, onClose, onDone }: Asked) {
  const [state, setState] = useState<{ readonly isBusy?: boolean; readonly error?: unknown }>({});
  const stop = async () => {
    setState({ isBusy: true });
    try {
      const { text } = await post<StoppedView>(at.stop(runId));
      announce(text);
      onDone();
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <Dialog title="Stop this run?" onClose={onClose}>
      <p>
        What was sent is kept. No chunk is begun any more; workers go on with those that they have begun, for six
        minutes at most, and send meanwhile. The run can be redriven afterwards, and then sends only the rest.
      </p>
      {state.error !== undefined && <Problem error={state.error} />}
      <div class="actions">
        <button type="button" class="danger" onClick={stop} disabled={state.isBusy}>
          {state.isBusy ? 'Stopping …' : 'Stop the run'}
        </button>
        <button type="button" onClick={onClose}>
          Let it go on
        </button>
      </div>
    </Dialog>
  );
}

function RedriveDialog({ runId, onClose, onDone }: Asked) {
  const [plan, setPlan] = useState<RedriveView>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    get<RedriveView>(at.redrive(runId)).then(setPlan, setError);
  }, [runId]);
  const redrive = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await post<object>(at.redrive(runId), { evenIfItFails: plan?.failsAgain !== undefined });
      announce('The run is redriven.');
      onDone();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const canRedrive = plan !== undefined && plan.obstacle === undefined;
  return (
    <Dialog title="Redrive this run?" onClose={onClose}>
      {!plan && error === undefined && <Loading what="what would run again" />}
      {plan?.text && <pre class="plan">{plan.text}</pre>}
      {plan?.obstacle && <p class="problem">{plan.obstacle}</p>}
      {plan?.failsAgain && <p class="problem">{plan.failsAgain}</p>}
      {error !== undefined && <Problem error={error} />}
      <div class="actions">
        {canRedrive && (
          <button type="button" class={plan.failsAgain ? 'danger' : 'primary'} onClick={redrive} disabled={isBusy}>
            {redriveWords(plan, isBusy)}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {canRedrive ? 'Not now' : 'Close'}
        </button>
      </div>
    </Dialog>
  );
}

function redriveWords({ failsAgain }: RedriveView, isBusy: boolean): string {
  if (isBusy) return 'Redriving …';
  return failsAgain ? 'Redrive all the same' : 'Redrive the run';
}
