import { whyLimited } from '../../rate/rate-state.ts';
import type { NowView } from '../api.ts';
import type { Host } from '../host.ts';
import { callsPerSecond, listedRuns, rateNow } from '../run-reads.ts';
import { openNotices } from './notices.ts';

export async function nowView(host: Host): Promise<NowView> {
  const rate = await rateNow(host);
  const atWork = (await listedRuns(host)).filter(({ status }) => status === 'RUNNING');
  const rates = await Promise.all(atWork.map(({ runId }) => callsPerSecond(host, runId)));
  const why = whyLimited(rate);
  return {
    at: host.stack.clock.now(),
    rate,
    ...(why !== undefined && { whyLimited: why }),
    runsAtWork: atWork.length,
    callsPerSecond: rates.reduce((sum, calls) => sum + calls, 0),
    // They take many calls of Step Functions; if it refuses some, the page still shows the rate.
    openNotices: await openNotices(host).catch(() => 0),
  };
}
