import type { NoticesView, NoticeView } from '../api.ts';
import type { Host } from '../host.ts';
import { deadLetters, deadlineAtRisk, rateConditions } from '../notices/conditions.ts';
import { failedRunNotice } from '../notices/failed-run.ts';
import { pastFailures } from '../notices/past-failures.ts';
import { raisedAlarm } from '../notices/raised-alarm.ts';
import { listedRuns, overview } from '../run-reads.ts';

/** Of so many runs, the newest ones, notices are told. */
const RUNS = 20;
/** Every page asks how many are open. */
const NOTICES_MS = 5_000;

/** The same that the alarm topic was told, which keeps nothing, and what holds now. */
export function noticesView(host: Host): Promise<NoticesView> {
  return host.recall('notices', NOTICES_MS, async () => {
    const runs = await Promise.all((await listedRuns(host)).slice(0, RUNS).map((run) => overview(host, run)));
    const now = host.stack.clock.now();
    const conditions = [
      ...(await rateConditions(host)),
      ...(await deadLetters(host)),
      ...(await Promise.all(runs.map((run) => deadlineAtRisk(host, run)))),
    ].flatMap((condition): NoticeView[] => (condition ? [{ at: now, ...condition }] : []));
    const ofRuns: (NoticeView | undefined)[] = [];
    // One run after the other: the chunks of a failed run take dozens of calls, and Step Functions limits them.
    for (const run of runs) {
      ofRuns.push(await failedRunNotice(host, run, runs), await raisedAlarm(host, run, runs));
      ofRuns.push(...(await pastFailures(host, run)));
    }
    const notices = [...conditions, ...ofRuns.flatMap((notice) => notice ?? [])];
    return { notices: notices.toSorted((a, b) => b.at - a.at) };
  });
}

export async function openNotices(host: Host): Promise<number> {
  return (await noticesView(host)).notices.filter(({ is }) => is === 'open').length;
}
