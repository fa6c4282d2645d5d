import { shellWord } from '../../shell-word.ts';
import { type Html, html } from '../html.ts';
import type { ReportData, RunDone, RunFailed } from '../report-data.ts';
import { redrivableUntil, remedyOf } from '../run-end.ts';
import { utcTime } from '../words.ts';
import { command, section } from './parts.ts';

/** What somebody has to do; undefined for most runs. */
export function nextSteps(data: ReportData): Html | undefined {
  const { ending } = data;
  const steps = ending.is === 'done' ? afterDone(data.runId, ending) : afterFailure(data, ending);
  return steps && section('next', 'What to do next', steps);
}

function afterDone(runId: string, { summary }: RunDone): Html | undefined {
  const { accounted, rejected, files } = summary;
  if (!accounted) return html`<p>Start the export again, by a new upload. Rows that arrived cost no call.</p>`;
  if (rejected === 0) return undefined;
  const file = files.rejected?.endsWith('.jsonl') ? 'corrected.jsonl' : 'corrected.csv';
  const run = shellWord(runId);
  return html`<ol class="steps">
<li>Save the rejected rows. The file has each row as it was, with its code and reason; it holds customer data.
${command(`npx profile-sync rejected ${run} --out ${file}`)}</li>
<li>Correct them as said under “Rejected rows”.</li>
<li>Send the corrected file back to this run. Rows that were accepted already are not sent again.
${command(`npx profile-sync resubmit ${file} --of ${run}`)}</li>
</ol>
${LOCALLY}`;
}

function afterFailure({ endedAt }: ReportData, failed: RunFailed): Html {
  const { remedy, errors, refusesRedrive } = remedyOf(failed);
  const advice = refusesRedrive
    ? [
        `Step Functions does not redrive this run (${failed.notRedrivable}). Start the export again, by a new upload: rows that were synced cost no call.`,
      ]
    : [...new Set(errors.map(({ whatToDo }) => whatToDo))];
  const deadline = html`<p>A redrive is possible until ${utcTime(redrivableUntil(endedAt))} UTC. It can also be started on the page of the execution in the Step Functions console.</p>`;
  return html`${advice.map((sentence) => html`<p>${sentence}</p>`)}
${remedy === 'redrive' && deadline}
${failed.commands.length > 1 && html`<p>One of these commands does it:</p>`}
${failed.commands.map(command)}
${failed.commands.length > 0 && LOCALLY}`;
}

const LOCALLY = html`<p class="hint">On the embedded stack, add <code>--local</code> to <code>npx profile-sync</code> commands.</p>`;
