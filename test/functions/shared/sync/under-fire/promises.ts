import { MAX_RESENDS } from '../../../../../functions/shared/ledger/late.ts';
import { EMPTYING, emailOf } from './emails.ts';
import type { Told } from './night.ts';
import { INVALID, type Mode, type Said } from './script.ts';
import { REFUSED, type Service } from './service.ts';

type Entry = readonly [said: Said, outcome: { readonly kind: string; readonly notCleared?: readonly string[] }];

/** Positive if `a` is newer than `b`. */
type Order = (a: Said, b: Said) => number;

function orderOf(mode: Mode): Order {
  return (a, b) => (mode === 'updatedAt' ? a.updatedAt - b.updatedAt : 0) || a.time - b.time || a.row - b.row;
}

function fail(said: Said, { kind }: Entry[1], why: string): never {
  const { key, content, runId } = said;
  throw new Error(`${runId} says ${content} of ${key}, outcome ${kind}: ${why}`);
}

/**
 * The simple model: the newest of what was said, and can be sent, is what the service holds.
 *
 * @param told what became of each job of this night and of the nights before.
 */
export function checkPromises(mode: Mode, clears: boolean, told: readonly Told[], service: Service): void {
  const order = orderOf(mode);
  const all: Entry[] = told.flatMap((outcomes) => [...outcomes]);
  for (const [said, outcome] of all) {
    const others = all.filter(([other]) => other.key === said.key).map(([other]) => other);
    switch (outcome.kind) {
      case 'synced':
      case 'unchanged':
        if (!service.took(said.key, said.content)) fail(said, outcome, 'the service never took it.');
        break;
      case 'stale':
        if (!others.some((other) => order(other, said) > 0)) fail(said, outcome, 'nothing newer was said.');
        break;
      case 'rejected':
        if (said.content !== REFUSED && said.content !== INVALID && !mayBeGivenUp(said, service)) {
          fail(said, outcome, 'it is fit to be sent.');
        }
        break;
    }
  }
  for (const key of new Set(all.map(([said]) => said.key))) {
    // What met a late error is in its profile only after the next run that holds it.
    if (service.lost(key)) continue;
    const right = checkProfile(key, all, order, mode, service);
    const emptied = all.filter(([said]) => said.key === key && said.content === EMPTYING);
    const mayKeep = !clears || emptied.some(([, outcome]) => isKept(outcome));
    const allowed = new Set([...right.map(emailOf), ...(mayKeep ? ['x@x'] : [])]);
    const wrong = service.mayHaveEmail(key).filter((email) => !allowed.has(email));
    if (wrong.length > 0) throw new Error(`The e-mail address of ${key} may be "${wrong}" beside ${right.join()}.`);
  }
}

/** A message of an earlier late error that comes after a resend counts as one of that; but content is sent so often at least. */
function mayBeGivenUp({ key, content }: Said, service: Service): boolean {
  return service.timesTaken(key, content) > MAX_RESENDS;
}

/** After a night in peace, each profile holds what that night says of it, whatever was accepted and lost before. */
export function checkMended(night: readonly Told[], service: Service, clears: boolean): void {
  for (const [said, outcome] of night.flatMap((told) => [...told])) {
    if (outcome.kind === 'rejected' && mayBeGivenUp(said, service)) continue;
    if (outcome.kind !== 'synced' && outcome.kind !== 'unchanged') fail(said, outcome, 'it is fit to be sent.');
    const holds = service.mayHold(said.key);
    if (holds.join() !== said.content) fail(said, outcome, `its profile may hold ${holds.join(' or ') || 'nothing'}.`);
    const emails = service.mayHaveEmail(said.key).join();
    const isRight = emails === emailOf(said.content) || (!clears && emailOf(said.content) === '');
    if (!isRight) fail(said, outcome, `its e-mail address may be "${emails}".`);
  }
}

/** Without any fault a record costs one call at most, whoever else has it; but a refusal is forgotten with what is accepted. */
export function checkThrift(told: readonly Told[], service: Service): void {
  const all = new Set(told.flatMap((outcomes) => [...outcomes.keys()]));
  for (const [key, said] of Map.groupBy(all, ({ key }) => key)) {
    const calls = service.calls(key);
    if (said.some(({ content }) => content === REFUSED)) continue;
    if (calls > said.length) throw new Error(`${calls} calls for ${said.length} records of ${key}.`);
    const emptying = said.filter(({ content }) => content === EMPTYING).length;
    const clears = service.clears(key);
    if (clears > emptying) throw new Error(`${clears} clearings for ${emptying} records of ${key} that empty a field.`);
  }
}

/** Whether the worker told that it has not cleared the field, or nobody told anything. */
function isKept({ kind, notCleared = [] }: Entry[1]): boolean {
  return notCleared.length > 0 || kind === 'stopped';
}

/** Each profile ends as the newest record says that could be sent. Returns the contents that it may have. */
function checkProfile(key: string, all: readonly Entry[], order: Order, mode: Mode, service: Service): string[] {
  const newestFirst = all.filter(([said]) => said.key === key).toSorted(([a], [b]) => order(b, a));
  const right: string[] = [];
  for (const [said, outcome] of newestFirst) {
    if (outcome.kind === 'rejected') continue;
    if (outcome.kind === 'stopped' && !service.took(key, said.content, said.runId)) continue;
    right.push(said.content);
    if (outcome.kind !== 'stale') break;
    // It may have been sent before that, and it may not.
    if (!newestFirst.some((other) => order(other[0], said) > 0 && holdsBack(other, mode))) {
      fail(said, outcome, 'it was the newest that could be sent.');
    }
  }
  const wrong = service.mayHold(key).filter((content) => !right.includes(content));
  if (wrong.length > 0) throw new Error(`The profile of ${key} may hold ${wrong.join(' or ')}, not ${right[0]}.`);
  return right;
}

/** By its claim, or as part of a full export that was registered, though it is not sent itself. */
function holdsBack([{ content }, { kind }]: Entry, mode: Mode): boolean {
  return content === REFUSED || kind === 'stopped' || (mode === 'full' && content === INVALID);
}
