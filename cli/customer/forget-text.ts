import { shellWord } from '../../functions/shared/shell-word.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { counted, duration, localTime } from '../output/words.ts';
import { isOnlyOurs } from './erase.ts';
import type { Erasure } from './forget.ts';
import type { HeldProfile, Holdings } from './holdings.ts';

/** What is needed to say what can't be reached. */
export interface Beyond {
  /** How many exports there are, older versions included. */
  readonly exports: number;
  /** The run bucket keeps versions. */
  readonly hasVersions: boolean;
}

type Texts = Pick<ConnectedStack, 'outputs' | 'call'>;

/** Without `--yes`: what was found, what would be erased, and how. */
export function describePlan(
  plan: {
    readonly customerKey: string;
    readonly found: Holdings;
    readonly wholeProfile: boolean;
    readonly beyond: Beyond;
    readonly runAtWork: string | undefined;
    readonly calledAgo: number | undefined;
  },
  stack: Texts,
): string {
  const { customerKey, found, wholeProfile, beyond, runAtWork, calledAgo } = plan;
  const places = placesOf(found, stack);
  const shared = found.profiles.filter((profile) => !isOnlyOurs(profile));
  const call = stack.call(`forget ${shellWord(customerKey)}${wholeProfile ? ' --whole-profile' : ''} --yes`);
  const isShared = shared.length > 0 && !wholeProfile;
  return [
    places.length === 0
      ? 'Nothing of this customer was found. Is the key right?'
      : list('Found, and would be erased:', places),
    ...shared.map((profile) => sharedText(profile, wholeProfile)),
    ...(isShared
      ? [`To delete such a profile all the same, add --whole-profile: afterwards it is not found by this key any more.`]
      : []),
    ...(runAtWork === undefined
      ? []
      : [`Run ${runAtWork} is at work: it may send this customer again, so nothing is erased before its end.`]),
    ...(calledAgo === undefined ? [] : [`${calledText(calledAgo)} Erase in a minute.`]),
    beyondText(beyond, stack),
    `Nothing was erased. Take the customer out of the CRM first, then erase: ${call}`,
  ].join('\n\n');
}

/** What was erased, and what is left. */
export function describeErasure(erasure: Erasure, beyond: Beyond, stack: Texts): string {
  const { found, left, kept, runAtWork, lastWorkers, calledAgo } = erasure;
  const erased = placesOf(found, stack);
  const leftPlaces = placesOf(left, stack);
  const sendingUntil = left.entry?.sendingUntil;
  return [
    erased.length === 0
      ? 'Nothing of this customer was found, and nothing was erased. Is the key right?'
      : list('Found and erased:', erased),
    ...(leftPlaces.length > 0
      ? [
          list('Left, on a second look:', leftPlaces),
          'Call again in a moment; what is still left then was written anew, or could not be erased.',
        ]
      : kept.length > 0
        ? []
        : ['On a second look nothing is left in these places.']),
    ...(sendingUntil === undefined
      ? []
      : [`A worker is sending this customer, until ${localTime(sendingUntil)} at the latest: call again after that.`]),
    ...kept.map((profile) => keptText(profile, stack)),
    ...(runAtWork === undefined
      ? []
      : [`Run ${runAtWork} has started meanwhile and may send this customer: call again after its end.`]),
    ...(lastWorkers === undefined
      ? []
      : [
          `Run ${lastWorkers.runId} ended without success: its last workers may send this customer until ${localTime(lastWorkers.until)}. Call again after that.`,
        ]),
    ...(calledAgo === undefined ? [] : [`${calledText(calledAgo)} Call again in a minute.`]),
    ...othersText(erasure, stack),
    beyondText(beyond, stack),
  ].join('\n\n');
}

function placesOf(
  { profiles, entry, rejected, lateErrors, unreadable, fetched }: Holdings,
  { outputs }: Pick<ConnectedStack, 'outputs'>,
): string[] {
  const runBucket = `s3://${outputs.RunBucketName}`;
  return [
    ...profiles.map(({ profileId, objects }) => {
      return `profile ${profileId} in domain ${outputs.DomainName}, with ${counted(objects.length, 'object')} of type ${outputs.ObjectTypeName}`;
    }),
    ...(entry ? [`the entry in the ledger ${outputs.LedgerTableName}`] : []),
    ...rejected.map(({ file, ranges }) => `${counted(ranges.length, 'rejected row')} in ${runBucket}/${file.key}`),
    ...lateErrors.map(({ key }) => `late error ${runBucket}/${key}`),
    ...fetched.map(({ path, ranges }) => `${counted(ranges.length, 'rejected row')} in ${path}, on this machine`),
    ...unreadable.map(
      (where) => `perhaps rows in ${where}, which nobody can read any more: look into it, and delete it yourself`,
    ),
  ];
}

function sharedText(profile: HeldProfile, wholeProfile: boolean): string {
  const { profileId } = profile;
  return wholeProfile
    ? `Profile ${profileId} also holds ${othersIn(profile)}: they would go, too.${profile.otherCustomers > 0 ? ' The ledger would forget these customers, so that the next run sends them again.' : ''}`
    : `Profile ${profileId} also holds ${othersIn(profile)}: it would stay with what it has in ${fieldsText(profile)}, and only this system's objects would go.`;
}

function keptText(profile: HeldProfile, { outputs }: Texts): string {
  const { profileId } = profile;
  return [
    `Profile ${profileId} stays, since it also holds ${othersIn(profile)}. It still has what this system filled: ${fieldsText(profile)}.`,
    `It is not found by this key any more. To delete it: aws customer-profiles delete-profile --domain-name ${outputs.DomainName} --profile-id ${profileId}`,
  ].join('\n');
}

/** Of customers whose profile objects went with a whole profile. */
function othersText({ sentAgain, stillKnown, untold }: Erasure, { outputs, call }: Texts): string[] {
  const resync = call('sync FILE --resync');
  return [
    ...(sentAgain.length > 0
      ? [
          `With the profile went what it held of ${counted(sentAgain.length, 'other customer')}: ${sentAgain.join(', ')}. The ledger has forgotten them, so that the next run or event with them sends them again; until then they have no profile.`,
        ]
      : []),
    ...stillKnown.map(
      (key) =>
        `A worker is sending customer ${key}, who was in the profile, too: the entry in the ledger ${outputs.LedgerTableName} stays. In a minute look whether there is a profile: ${call(`explain ${shellWord(key)}`)}. If not, send the customer again: ${resync}`,
    ),
    ...(untold > 0
      ? [
          `With the profile went ${counted(untold, 'object')} that did not show the customer: the ledger may still know whom. Send these customers again: ${resync}`,
        ]
      : []),
  ];
}

function calledText(calledAgo: number): string {
  return `A call for this customer was answered ${duration(calledAgo / 1000)} ago. Customer Profiles takes in what it accepts a while later, so the profile may come back.`;
}

function othersIn({ otherTypes, otherCustomers }: HeldProfile): string {
  return [
    ...Object.entries(otherTypes).map(([type, objects]) => `${counted(objects, 'object')} of type ${type}`),
    ...(otherCustomers > 0
      ? [`${counted(otherCustomers, 'other customer')} of this system (profiles were merged)`]
      : []),
  ].join(' and ');
}

function fieldsText({ filled }: HeldProfile): string {
  return filled.length === 0 ? 'no field' : filled.join(', ');
}

function beyondText({ exports, hasVersions }: Beyond, { outputs }: Texts): string {
  const { ExportBucketName, ExportPrefix, RunBucketName } = outputs;
  return list('Out of reach:', [
    'the CRM: its next export or event brings the customer back, and so does a redrive of a run that failed',
    `${counted(exports, 'export')} (older versions counted) in s3://${ExportBucketName}, under ${ExportPrefix} and resync/, and texts of such in s3://${RunBucketName}, under texts/, until they expire; one that is uploaded again brings the customer back`,
    ...(hasVersions ? [`older versions of the files in s3://${RunBucketName}, until they expire`] : []),
    'rejected rows without a key, or with another one: they are told by their other fields alone',
    'messages in the live queue and in the dead-letter queues, up to 14 days',
    "the ledger's point-in-time recovery (35 days), and backups",
    'copies of rejected files that somebody saved (rejected --out, --csv), on this machine too, or fetched to other machines',
    'what Amazon Connect keeps of contacts, and profiles that identity resolution merged before',
  ]);
}

function list(title: string, items: readonly string[]): string {
  return [title, ...items.map((item) => `  - ${item}`)].join('\n');
}
