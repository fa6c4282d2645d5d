import { useEffect, useState } from 'preact/hooks';
import { count, counted } from '../../../../functions/shared/words.ts';
import { FIELD_NOTES } from '../../../customer/profile-fields.ts';
import { shortRun } from '../../../output/words.ts';
import type { CustomerView, StackView } from '../../api.ts';
import { announce } from '../announce.ts';
import { at, get } from '../client.ts';
import { CommandText } from '../parts/copy-button.tsx';
import { CustomerForm } from '../parts/customer-form.tsx';
import { Facts, Panel } from '../parts/panel.tsx';
import { Loading, Problem } from '../parts/problem.tsx';
import { linkTo } from '../route.ts';
import { fullTime, shortTime } from '../times.ts';

type Explanation = CustomerView['explanation'];
type Profile = Explanation['profiles'][number];

type Found =
  | { readonly is: 'nothing yet' }
  | { readonly is: 'reading' }
  | { readonly is: 'found'; readonly view: CustomerView }
  | { readonly is: 'bad'; readonly error: unknown };

export function Customers({
  search,
  stack,
  onSearch,
}: {
  /** What is looked for; the number grows with each search, also for the same text. */
  readonly search: { readonly text: string; readonly number: number };
  readonly stack: StackView | undefined;
  readonly onSearch: (text: string) => void;
}) {
  const found = useCustomer(search);
  return (
    <>
      <h1 tabIndex={-1}>Customers</h1>
      <CustomerForm look="large-search" field="key" onSearch={onSearch}>
        <label for="key">{searchWords(stack)}</label>
        <div>
          <input
            key={search.number}
            id="key"
            name="key"
            type="search"
            defaultValue={search.text}
            autocomplete="off"
            spellcheck={false}
          />
          <button type="submit" class="primary">
            Find
          </button>
        </div>
      </CustomerForm>
      {found.is === 'reading' && <Loading what="profile, ledger and rejected rows" />}
      {found.is === 'bad' && <Problem error={found.error} />}
      {found.is === 'found' && <Customer view={found.view} onSearch={onSearch} />}
    </>
  );
}

function useCustomer({ text, number }: { readonly text: string; readonly number: number }): Found {
  const [found, setFound] = useState<Found>({ is: 'nothing yet' });
  useEffect(() => {
    if (text === '' || number === 0) return;
    const aborter = new AbortController();
    setFound({ is: 'reading' });
    get<CustomerView>(at.customers(text), aborter.signal).then(
      (view) => {
        setFound({ is: 'found', view });
        announce(view.verdict.text);
      },
      (error) => {
        if (!aborter.signal.aborted) setFound({ is: 'bad', error });
      },
    );
    return () => aborter.abort();
  }, [text, number]);
  return found;
}

function searchWords(stack: StackView | undefined): string {
  const others = stack?.searchedBy ?? [];
  return ['Customer key', ...others].join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function Customer({ view, onSearch }: { readonly view: CustomerView; readonly onSearch: (text: string) => void }) {
  const { explanation, verdict, history, candidates } = view;
  if (candidates.length > 0) return <Candidates candidates={candidates} onSearch={onSearch} />;
  return (
    <>
      <h2 class="customer-key">{explanation.customerKey}</h2>
      <div class={`verdict ${verdictLook(view)}`}>
        <p>{verdict.text}</p>
        {verdict.next.length > 0 && (
          <ul>
            {verdict.next.map((line) => (
              <li key={line}>
                <Advice line={line} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <div class="panels">
        {explanation.profiles.map((profile) => (
          <ProfilePanel key={profile.profileId} profile={profile} />
        ))}
        {explanation.ledger && <LedgerPanel explanation={explanation} />}
        {history.length > 0 && <HistoryPanel history={history} runsSearched={explanation.runsSearched} />}
      </div>
      {explanation.unreadable.length > 0 && (
        <Panel title="Nobody can read these any more; there may be more in them">
          <pre>{explanation.unreadable.join('\n')}</pre>
        </Panel>
      )}
    </>
  );
}

function verdictLook({ verdict, history, explanation: { profiles } }: CustomerView): string {
  if (verdict.isUnknown) return 'neutral';
  const isWell = verdict.next.length === 0 && profiles.length === 1 && profiles[0]?.filled !== undefined;
  return isWell && !history[0]?.isTrouble ? 'good' : 'warn';
}

/** A sentence of the commands: what stands behind its last colon may be called. */
function Advice({ line }: { readonly line: string }) {
  const [, words, command] = /^(.*?:) (npx .*)$/.exec(line) ?? [];
  if (!words || !command) return <>{line}</>;
  return (
    <>
      {words} <CommandText text={command} />
    </>
  );
}

function Candidates({
  candidates,
  onSearch,
}: {
  readonly candidates: CustomerView['candidates'];
  readonly onSearch: (text: string) => void;
}) {
  return (
    <Panel title={`${counted(candidates.length, 'customer')} found by ${candidates[0]?.foundBy ?? 'it'}`}>
      <ul class="plain">
        {candidates.map(({ customerKey, profileId }) => (
          <li key={`${profileId} ${customerKey}`}>
            {customerKey === undefined ? (
              <>
                Profile <code>{profileId}</code>, without an object of this system
              </>
            ) : (
              <button type="button" class="link" onClick={() => onSearch(customerKey)}>
                {customerKey}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ProfilePanel({ profile: { profileId, filled, otherCustomers, fields } }: { readonly profile: Profile }) {
  return (
    <Panel title="Profile" wide>
      <p class="muted">
        <code>{profileId}</code>
        {otherCustomers > 0 && `, merged: it holds objects of ${counted(otherCustomers, 'other customer')}`}
        {!filled && ', without an object of this system'}
      </p>
      <table class="cards fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Profile</th>
            {filled && <th scope="col">Sent</th>}
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ field, profile, object, note }) => (
            <tr key={field}>
              <th scope="row">{field}</th>
              <td data-name="Profile">{profile}</td>
              {filled && <td data-name={object === undefined ? undefined : 'Sent'}>{sentWords(object, profile)}</td>}
              <td data-name={note ? 'Note' : undefined}>
                {note && <span class={note === 'not ours' ? 'muted' : 'warn-text'}>{FIELD_NOTES[note]}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function sentWords(sent: string | undefined, held: string) {
  if (sent === undefined) return null;
  if (sent === held) return <span class="muted same">the same</span>;
  return sent === '' ? <span class="muted">empty</span> : sent;
}

function LedgerPanel({ explanation: { ledger, origin } }: { readonly explanation: Explanation }) {
  const { known, claim, fence, refusal, late, expiresAt } = ledger ?? {};
  return (
    <Panel title="Ledger: what was sent last">
      <Facts
        of={[
          known !== undefined && ['Sent', fullTime(known.sentAt)],
          known !== undefined && [
            'By',
            origin?.kind === 'event' ? (
              `live event ${origin.eventId}`
            ) : (
              <a key="run" href={linkTo({ page: 'run', runId: known.runId })}>
                run {shortRun(known.runId)}
              </a>
            ),
          ],
          origin?.kind === 'run' &&
            origin.export !== undefined && ['Export', <code key="export">{origin.export.key}</code>],
          known !== undefined && known.row > 0 && ['Row', count(known.row)],
          known !== undefined && ['Data of', fullTime(known.exportTime)],
          known !== undefined && known.sourceTime !== known.exportTime && ['Source time', fullTime(known.sourceTime)],
          claim !== undefined && [
            'Claim',
            `${claim.isLive ? 'a worker is sending until' : 'of a worker that is gone, since'} ${shortTime(claim.until)}`,
          ],
          fence !== undefined && ['Fence', `only one content may be sent until ${shortTime(fence.until)}`],
          refusal !== undefined && ['Refused', `${refusal.code}: ${refusal.reason}`],
          late !== undefined && [
            'Late errors',
            `${late.open ? 'to be sent once more' : 'none open'}, sent again ${counted(late.resends, 'time')}`,
          ],
          expiresAt !== undefined && ['Expires', fullTime(expiresAt)],
        ]}
      />
    </Panel>
  );
}

function HistoryPanel({
  history,
  runsSearched,
}: {
  readonly history: CustomerView['history'];
  readonly runsSearched: number;
}) {
  return (
    <Panel
      title="Sync history"
      aside={<small class="muted">rejected rows of the last {counted(runsSearched, 'run')}</small>}
    >
      <ol class="history">
        {history.map(({ at: time, what, runId, isTrouble }) => (
          <li key={`${time} ${what}`} class={isTrouble ? 'trouble' : undefined}>
            <time title={fullTime(time)}>{shortTime(time)}</time>
            <span>
              {what} {runId && <a href={linkTo({ page: 'run', runId })}>{shortRun(runId)}</a>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
