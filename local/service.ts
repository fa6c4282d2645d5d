import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Who signed a request: the access key is bound to a role of the template, or is the user's own. */
export interface Caller {
  readonly accessKeyId: string;
}

/** One AWS service of the embedded stack. The endpoint hands it the requests signed for `signingName`. */
export interface Service {
  /** The service in the credential scope of a signature, e.g. `s3`, `profile`, `states`. */
  readonly signingName: string;
  /** Answers every request itself, errors in the service's own shape included; an operation it does not know gets 501 and its name. */
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;
  /** Stops its work and closes its files. */
  close(): Promise<void>;
}

/** An event on a bus, in EventBridge's own shape. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

/** An event with a new id; the bus keeps whole seconds. */
export function busEvent(
  about: Pick<BusEvent, 'source' | 'detail-type' | 'resources' | 'detail'>,
  time = new Date(),
): BusEvent {
  const seconds = `${time.toISOString().slice(0, 19)}Z`;
  return { version: '0', id: randomUUID(), account: ACCOUNT, time: seconds, region: REGION, ...about };
}
