import type { ApiName } from '../../functions/shared/rate-budget/api-rates.ts';
import type { CommandResult } from '../command-line.ts';
import { counted, duration, localTime } from '../output/words.ts';
import type { CallsNow } from './calls-now.ts';
import type { ChangedRate } from './change-rate.ts';
import type { RateState } from './rate-state.ts';

/** How the user calls another command on the same stack. */
type Call = (command: string) => string;

export function describeRate(
  rate: RateState,
  calls: CallsNow | undefined,
  { now, call }: { now: number; call: Call },
): CommandResult {
  const lines = [
    ['deployment', `${perSecond(rate.deployed)}${ofApi(rate.api)}`],
    ['set', rate.set === undefined ? 'nothing else' : `${perSecond(rate.set)}${rate.paused ? ' after the pause' : ''}`],
    ['in force', `${perSecond(rate.limit)}${reason(rate, now, call)}`],
    ...(calls ? [['calls now', `${perSecond(calls.callsPerSecond)}, by ${counted(calls.runs, 'run')} at work`]] : []),
    ['live events', liveEvents(rate, now)],
  ];
  return {
    text: lines.map(([name = '', value = '']) => `${name.padEnd(12)}${value}`).join('\n'),
    json: { ...rateAsJson(rate), ...(calls && { callsPerSecond: calls.callsPerSecond, runsAtWork: calls.runs }) },
  };
}

function reason({ paused, fallen }: RateState, now: number, call: Call): string {
  if (paused) return `: paused; ${call('resume')} goes on`;
  if (!fallen) return '';
  return `: the service throttled, so it fell to ${perSecond(fallen.to)} at ${localTime(fallen.at)}; it is back in ${duration((fallen.backAt - now) / 1000)}`;
}

function liveEvents({ liveAskedAt }: RateState, now: number): string {
  if (liveAskedAt === undefined) return 'none in the last minute';
  return `the last one ${duration(Math.max(0, now - liveAskedAt) / 1000)} ago; their reserve is kept for them`;
}

/** What `rate set` and `rate reset` did. */
export function describeSet({ changed, rate }: ChangedRate, call: Call): CommandResult {
  const { deployed, set = deployed } = rate;
  const whose = set === deployed ? ', as deployed' : '';
  const text = rate.paused
    ? `Paused, and it stays so: ${perSecond(set)}${whose}${ofApi(rate.api)} after ${call('resume')}.`
    : `${perSecond(set)}${whose}${ofApi(rate.api)}, for runs and live events ${changed ? 'from the next second on' : 'as before'}.`;
  const isMore = set > deployed;
  return {
    text: isMore ? `${text}\n${moreThanDeployed(deployed, rate.api)}` : text,
    json: { changed, ...rateAsJson(rate) },
  };
}

function moreThanDeployed(deployed: number, api: ApiName): string {
  return `That is more than the ${perSecond(deployed)} of the deployment: its workers are sized for these, so more is reached only as far as they go; and calls beyond the account's own quota of ${api} are throttled.`;
}

export function describePause({ changed, rate }: ChangedRate, call: Call): CommandResult {
  const { deployed, set = deployed } = rate;
  return {
    text: [
      changed ? 'Paused: no calls are made from the next second on.' : 'It was paused already.',
      'Runs wait; after more than a day they fail with NoPermit and can be redriven. Live events wait in their queue for half a day at most, then they go to the dead-letter queue.',
      `To go on, with ${perSecond(set)}: ${call('resume')}`,
    ].join('\n'),
    json: { changed, ...rateAsJson(rate) },
  };
}

export function describeResume({ changed, rate }: ChangedRate): CommandResult {
  const text = changed
    ? `Resumed: ${perSecond(rate.limit)} from now on. A run that has waited for long goes on within a minute.`
    : `It was not paused: ${perSecond(rate.limit)}.`;
  return { text, json: { changed, ...rateAsJson(rate) } };
}

function ofApi(api: ApiName): string {
  return api === 'PutProfileObject' ? '' : ` of ${api}`;
}

/** To a tenth below ten. */
export function perSecond(calls: number): string {
  return `${calls < 10 && !Number.isInteger(calls) ? calls.toFixed(1) : Math.round(calls)} calls/s`;
}

function rateAsJson({ api, deployed, set, paused, limit, fallen, liveAskedAt }: RateState): object {
  return {
    api,
    deployed,
    set: set ?? null,
    paused,
    limit,
    fallen: fallen ? { to: fallen.to, at: isoTime(fallen.at), backAt: isoTime(fallen.backAt) } : null,
    liveAskedAt: liveAskedAt === undefined ? null : isoTime(liveAskedAt),
  };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
