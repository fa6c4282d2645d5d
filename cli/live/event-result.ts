import type { CommandResult } from '../command-line.ts';
import { count, counted } from '../output/words.ts';
import type { EventFates } from './event-fates.ts';

/** The fates of sent events for a person and for a program. */
export function describeFates(
  fates: EventFates,
  {
    events,
    failure,
    seconds,
    deadLetterQueueUrl,
  }: {
    /** That were to be sent. */
    readonly events: number;
    /** Why not all were, if they were not. */
    readonly failure: string | undefined;
    readonly seconds: number;
    readonly deadLetterQueueUrl: string;
  },
): CommandResult {
  const { sent, latencies, unchanged, stale, putAside, notArrived } = fates;
  const setAside = Object.values(putAside).reduce((sum, each) => sum + each, 0);
  const [median, p99] = [percentile(latencies, 50), percentile(latencies, 99)];
  const codes = Object.entries(putAside).map(([code, events]) => `${code} ${count(events)}`);
  const lines: (readonly [name: string, value: string])[] = [
    ['synced', count(latencies.length)],
    ['unchanged', count(unchanged)],
    ['stale', `${count(stale)}${stale > 0 ? ' (newer data is known)' : ''}`],
    ['put aside', `${count(setAside)}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`],
    ...(notArrived > 0
      ? [['not arrived', `${count(notArrived)}; they stay in the live queue until they do`] as const]
      : []),
    ...(median !== undefined && p99 !== undefined
      ? [['latency', `median ${count(median)} ms, 99th percentile ${count(p99)} ms`] as const]
      : []),
    ['seconds', seconds.toFixed(1)],
    ...(setAside > 0 ? [['dead letters', `${deadLetterQueueUrl} (docs/live-events.md says what to do)`] as const] : []),
  ];
  return {
    text: [
      failure === undefined
        ? `${counted(sent, 'event')} sent.`
        : `${count(sent)} of ${counted(events, 'event')} sent. ${failure}`,
      ...lines.map(([name, value]) => `  ${name.padEnd(14)}${value}`),
    ].join('\n'),
    json: {
      sent,
      notSent: events - sent,
      synced: latencies.length,
      unchanged,
      stale,
      putAside: setAside,
      putAsideByCode: putAside,
      notArrived,
      latencyMs: median === undefined ? null : { median, p99 },
      seconds,
    },
    failed: failure !== undefined || setAside > 0 || notArrived > 0,
  };
}

/** Nearest rank; undefined of nothing. */
export function percentile(ascending: readonly number[], percent: number): number | undefined {
  return ascending[Math.ceil((percent / 100) * ascending.length) - 1];
}
