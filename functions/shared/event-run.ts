const PREFIX = 'event/';

/** In place of a run's name, where the ledger notes what a live event sent. */
export function eventRunId(eventId: string): string {
  return `${PREFIX}${eventId}`;
}

/** The id of the live event that the ledger notes in place of a run; undefined if it is a run. */
export function eventIdOf(runId: string): string | undefined {
  return runId.startsWith(PREFIX) ? runId.slice(PREFIX.length) : undefined;
}
