import { DEFAULT_BUS } from '../cloudformation/resources/events.ts';
import type { Access } from '../iam/access.ts';
import { ApiError, type Members, type Operation } from '../json-protocol.ts';
import { type BusEvent, busEvent, type Caller } from '../service.ts';
import { isObject } from '../states/json.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;
/** Of all entries together. */
const MAX_BYTES = 1_048_576;
/** What the time of an entry counts for. */
const TIME_BYTES = 14;

/** Members of an entry that have their effect, or none that anybody here could notice. */
const KNOWN: readonly string[] = ['EventBusName', 'Source', 'DetailType', 'Detail', 'Time', 'Resources', 'TraceHeader'];

export interface PutEventsOptions {
  /** Resolves when every target has the event, so that no answered event is lost with the process. */
  deliver(event: BusEvent, bus: string): Promise<void>;
  /** Why the caller may not, or undefined. */
  refuse(caller: Caller, access: Access): string | undefined;
  /** The ARN of an event bus by its name. */
  arnOf(bus: string): string;
}

interface EntryResult {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

/** An entry that is no event has its error in the answer; the others go on. */
export function putEvents({ deliver, refuse, arnOf }: PutEventsOptions): Operation {
  async function put(entry: Members): Promise<EntryResult> {
    const [ErrorCode, ErrorMessage] = faultOf(entry) ?? [];
    if (ErrorCode) return { ErrorCode, ErrorMessage };
    const event = eventOf(entry);
    await deliver(event, busOf(entry));
    return { EventId: event.id };
  }

  return async ({ Entries, EndpointId }, { caller }) => {
    if (EndpointId !== undefined) throw unsupported('EndpointId');
    const entries = checked(Entries);
    for (const bus of new Set(entries.map(busOf))) {
      const refusal = refuse(caller, { action: 'events:PutEvents', resource: arnOf(bus) });
      if (refusal) throw new ApiError('AccessDeniedException', refusal);
    }
    const results: EntryResult[] = [];
    for (const entry of entries) results.push(await put(entry));
    return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length, Entries: results };
  };
}

/** @throws ApiError if the request as a whole is none */
function checked(value: unknown): readonly Members[] {
  const entries = Array.isArray(value) ? value.filter(isObject) : [];
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    const [than, limit] = entries.length === 0 ? ['greater', 1] : ['less', MAX_ENTRIES];
    const constraint = `Member must have length ${than} than or equal to ${limit}`;
    const message = `1 validation error detected: Value at 'entries' failed to satisfy constraint: ${constraint}`;
    throw new ApiError('ValidationException', message);
  }
  const unknown = entries.flatMap(Object.keys).find((name) => !KNOWN.includes(name));
  if (unknown) throw unsupported(unknown);
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) >= MAX_BYTES) {
    throw new ApiError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return entries;
}

function sizeOf({ Source, DetailType, Detail, Resources, Time }: Members): number {
  const texts = [Source, DetailType, Detail, ...[Resources ?? []].flat()].map((text) => String(text ?? ''));
  return Buffer.byteLength(texts.join('')) + (Time === undefined ? 0 : TIME_BYTES);
}

/** Code and message of what is wrong with the entry. */
function faultOf(entry: Members): readonly [string, string] | undefined {
  const missing = ['Source', 'DetailType', 'Detail'].find((name) => typeof entry[name] !== 'string' || !entry[name]);
  if (missing) {
    return ['InvalidArgument', `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`];
  }
  if (!isObject(parsed(entry.Detail))) return ['MalformedDetail', 'Detail is malformed.'];
  if (String(entry.Source).startsWith('aws.')) {
    return ['NotAuthorizedForSourceException', 'Not authorized for the source.'];
  }
  return undefined;
}

function eventOf({ Source, DetailType, Detail, Resources, Time }: Members): BusEvent {
  const resources = [Resources ?? []].flat().map(String);
  return busEvent(
    { source: String(Source), 'detail-type': String(DetailType), resources, detail: parsed(Detail) },
    typeof Time === 'number' ? new Date(Time * 1000) : undefined,
  );
}

/** By name or ARN. */
function busOf({ EventBusName }: Members): string {
  return (
    String(EventBusName ?? DEFAULT_BUS)
      .split('/')
      .pop() ?? ''
  );
}

/** JSON.parse with source text access: Node 24 has it, TypeScript's library does not declare it yet. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
}
const sourceTextJson = JSON as unknown as SourceTextJson;

/** Undefined if it is no JSON. A number that has not the text that JavaScript gives it (1.0, a long integer) keeps its own. */
function parsed(text: unknown): unknown {
  try {
    return sourceTextJson.parse(String(text), (_, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source
        ? sourceTextJson.rawJSON(source)
        : value,
    );
  } catch {
    // The parser's message would quote the text.
    return undefined;
  }
}

function unsupported(member: string): ApiError {
  const message = `The embedded EventBridge does not support ${member} of PutEvents.`;
  return new ApiError('NotImplemented', message, { status: 501 });
}
