import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { readBody, sendXml } from '../http.ts';
import { type Refusal, refuseNobody } from '../iam/access.ts';
import type { Service } from '../service.ts';
import { stackIdOf } from './intrinsics.ts';

const XML_NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

export interface DeployedStack {
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** CloudFormation as far as a command asks it where things are: the one stack, which is always deployed. */
export function createCloudFormation({
  stackName,
  outputs,
  refuse = refuseNobody,
}: DeployedStack & { readonly refuse?: Refusal }): Service {
  const started = new Date().toISOString();
  const stackId = stackIdOf(stackName);
  const stack = {
    StackId: stackId,
    StackName: stackName,
    CreationTime: started,
    StackStatus: 'CREATE_COMPLETE',
    Outputs: { member: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })) },
  };
  return {
    signingName: 'cloudformation',
    async handle(request, response, caller) {
      const form = new URLSearchParams((await readBody(request)).toString('utf8'));
      const action = form.get('Action') ?? '';
      if (action !== 'DescribeStacks') {
        return sendError(
          response,
          501,
          'NotImplemented',
          `The embedded CloudFormation has no operation '${action}'. It has: DescribeStacks.`,
        );
      }
      const asked = form.get('StackName') ?? stackName;
      const isKnown = asked === stackName || asked === stackId;
      const resource = isKnown ? stackId : stackId.replace(stackName, asked);
      const refusal = refuse(caller, { action: 'cloudformation:DescribeStacks', resource });
      if (refusal) return sendError(response, 403, 'AccessDenied', refusal);
      if (!isKnown) return sendError(response, 400, 'ValidationError', `Stack with id ${asked} does not exist`);
      sendXml(response, 200, 'DescribeStacksResponse', {
        '@_xmlns': XML_NAMESPACE,
        DescribeStacksResult: { Stacks: { member: stack } },
        ResponseMetadata: { RequestId: randomUUID() },
      });
    },
    async close() {},
  };
}

function sendError(response: ServerResponse, status: number, Code: string, Message: string): void {
  const content = { '@_xmlns': XML_NAMESPACE, Error: { Type: 'Sender', Code, Message }, RequestId: randomUUID() };
  sendXml(response, status, 'ErrorResponse', content);
}
