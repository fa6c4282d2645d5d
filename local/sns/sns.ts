import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { readBody, sendXml } from '../http.ts';
import { fromSource, type Principal, type Refusal, refuseNobody } from '../iam/access.ts';
import type { Caller, Service } from '../service.ts';

/** The largest message. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_MESSAGE_BYTES = 262_144;
const XML_NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

export interface PublishInput {
  readonly TopicArn: string;
  readonly Subject?: string;
  readonly Message: string;
}

/** One published message, as notices.jsonl has it. */
export interface Notice extends PublishInput {
  readonly MessageId: string;
  /** ISO 8601. */
  readonly time: string;
}

const STATUS = { InvalidParameter: 400, KMSAccessDenied: 400, AuthorizationError: 403, NotFound: 404 } as const;

/** SNS refused a call; `name` as the SDK would have it. */
export class SnsError extends Error {
  override readonly name: keyof typeof STATUS;
  constructor(name: keyof typeof STATUS, message: string) {
    super(message);
    this.name = name;
  }
}

/** SNS with one subscriber: a person who reads notices.jsonl. Subscriptions are noted and nothing is sent to them. */
export interface SnsService extends Service {
  createTopic(arn: string): void;
  /** Notes an e-mail subscription of the template. */
  subscribe(arn: string, protocol: string, target: string): void;
  /** `from`: the ARN of what publishes. @throws SnsError */
  publish(input: PublishInput, who?: Principal, from?: string): { MessageId: string };
  /** Every message ever published, oldest first. */
  notices(): readonly Notice[];
  readonly noticesFile: string;
  subscriptions(): readonly { topicArn: string; protocol: string; target: string }[];
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, read 2026-11. */
const KEY_USE = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

export function createSns({
  directory,
  refuse = refuseNobody,
  refuseKey = refuseNobody,
}: {
  directory: string;
  refuse?: Refusal;
  /** Of the use of the topics' keys. */
  refuseKey?: Refusal;
}): SnsService {
  mkdirSync(directory, { recursive: true });
  const noticesFile = join(directory, 'notices.jsonl');
  const topics = new Set<string>();
  const subscriptions: { topicArn: string; protocol: string; target: string }[] = [];

  function authorize(who: Caller | Principal, resource: string, from?: string): void {
    const access = { action: 'SNS:Publish', resource, context: fromSource(from), keyUse: KEY_USE };
    const refusal = refuse(who, access);
    if (refusal) throw new SnsError('AuthorizationError', refusal);
    const keyRefusal = refuseKey(who, access);
    if (keyRefusal) throw new SnsError('KMSAccessDenied', keyRefusal);
  }

  function publish({ TopicArn, Subject, Message }: PublishInput, who?: Caller | Principal, from?: string) {
    if (who) authorize(who, TopicArn, from);
    if (!topics.has(TopicArn)) throw new SnsError('NotFound', 'Topic does not exist');
    if (Message === '') throw new SnsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (Buffer.byteLength(Message) > MAX_MESSAGE_BYTES) {
      throw new SnsError('InvalidParameter', 'Invalid parameter: Message too long');
    }
    if (Subject !== undefined && !/^[\x20-\x7e]{1,99}$/.test(Subject)) {
      throw new SnsError('InvalidParameter', 'Invalid parameter: Subject');
    }
    const MessageId = randomUUID();
    const notice: Notice = {
      time: new Date().toISOString(),
      MessageId,
      TopicArn,
      ...(Subject && { Subject }),
      Message,
    };
    appendFileSync(noticesFile, `${JSON.stringify(notice)}\n`);
    return { MessageId };
  }

  return {
    signingName: 'sns',
    createTopic: (arn) => topics.add(arn),
    subscribe: (topicArn, protocol, target) => subscriptions.push({ topicArn, protocol, target }),
    subscriptions: () => subscriptions,
    publish,
    noticesFile,
    notices: () =>
      existsSync(noticesFile) ? readFileSync(noticesFile, 'utf8').trimEnd().split('\n').map(asNotice) : [],
    async handle(request, response, caller) {
      const form = new URLSearchParams((await readBody(request)).toString('utf8'));
      const action = form.get('Action') ?? '';
      if (action !== 'Publish') {
        return sendError(response, 501, 'NotImplemented', `The embedded SNS has no operation '${action}'.`);
      }
      try {
        const Subject = form.get('Subject');
        const input = {
          TopicArn: form.get('TopicArn') ?? '',
          Message: form.get('Message') ?? '',
          ...(Subject !== null && { Subject }),
        };
        const result = publish(input, caller);
        const ResponseMetadata = { RequestId: randomUUID() };
        const content = { '@_xmlns': XML_NAMESPACE, PublishResult: result, ResponseMetadata };
        sendXml(response, 200, 'PublishResponse', content);
      } catch (error) {
        if (!(error instanceof SnsError)) throw error;
        sendError(response, STATUS[error.name], error.name, error.message);
      }
    },
    async close() {},
  };
}

const asNotice = (line: string): Notice => JSON.parse(line) as Notice;

function sendError(response: ServerResponse, status: number, Code: string, Message: string): void {
  const error = { Type: 'Sender', Code, Message };
  const content = { '@_xmlns': XML_NAMESPACE, Error: error, RequestId: randomUUID() };
  sendXml(response, status, 'ErrorResponse', content);
}
