import type { RunLine } from '../../api.ts';
import { Icon, type IconName } from './icon.tsx';

const LOOKS: Readonly<Record<RunLine['status'], { readonly look: string; readonly icon: IconName }>> = {
  RUNNING: { look: 'running', icon: 'running' },
  SUCCEEDED: { look: 'good', icon: 'good' },
  FAILED: { look: 'bad', icon: 'bad' },
  TIMED_OUT: { look: 'bad', icon: 'clock' },
  ABORTED: { look: 'warn', icon: 'stopped' },
};

export function StateBadge({ run }: { readonly run: Pick<RunLine, 'status' | 'state'> }) {
  const { look, icon } = LOOKS[run.status];
  return (
    <span class={`badge ${look}`}>
      <Icon name={icon} />
      {run.state}
    </span>
  );
}
