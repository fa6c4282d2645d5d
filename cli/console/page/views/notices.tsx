import type { NoticesView, NoticeView } from '../../api.ts';
import { at } from '../client.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Loading, NotUpToDate } from '../parts/problem.tsx';
import { linkTo } from '../route.ts';
import { fullTime, shortTime } from '../times.ts';
import { usePolled } from '../use-polled.ts';

const AGAIN_MS = 5_000;

const LOOKS: Readonly<Record<NoticeView['severity'], { readonly look: string; readonly icon: IconName }>> = {
  failed: { look: 'bad', icon: 'bad' },
  attention: { look: 'warn', icon: 'bell' },
  information: { look: 'running', icon: 'bell' },
};

export function Notices() {
  const polled = usePolled<NoticesView>(at.notices, () => AGAIN_MS);
  const { value } = polled;
  const open = value?.notices.filter(({ is }) => is === 'open') ?? [];
  const over = value?.notices.filter(({ is }) => is === 'over') ?? [];
  return (
    <>
      <h1 tabIndex={-1}>Notices</h1>
      <NotUpToDate of={polled} />
      {!value && polled.error === undefined && <Loading what="the notices" />}
      {value && open.length === 0 && <p class="empty">Nothing wants you now.</p>}
      {open.map((notice) => (
        <Notice key={notice.id} notice={notice} />
      ))}
      {over.length > 0 && <h2>Earlier</h2>}
      {over.map((notice) => (
        <Notice key={notice.id} notice={notice} />
      ))}
    </>
  );
}

function Notice({ notice: { is, at: time, severity, subject, message, runId } }: { readonly notice: NoticeView }) {
  const { look, icon } = LOOKS[severity];
  return (
    <details class={`notice ${is === 'open' ? look : 'over'}`} open={is === 'open'}>
      <summary>
        <Icon name={icon} />
        <b>{subject}</b>
        <time title={fullTime(time)}>{shortTime(time)}</time>
      </summary>
      <pre>{message}</pre>
      {runId && (
        <a class="button" href={linkTo({ page: 'run', runId })}>
          Look at the run
        </a>
      )}
    </details>
  );
}
