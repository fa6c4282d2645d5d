import { randomUUID } from 'node:crypto';
import { type Access, type Principal, type Refusal, refuseNobody } from './iam/access.ts';
import { invokeAccess, type LambdaService } from './lambda/lambda.ts';
import { S3Error } from './s3/errors.ts';
import type { S3Service } from './s3/s3.ts';
import { SnsError, type SnsService } from './sns/sns.ts';
import { IntegrationError, StateFailure } from './states/errors.ts';
import type { Integrations } from './states/integrations.ts';

interface Services {
  readonly lambda: LambdaService;
  readonly s3: S3Service;
  readonly sns: SnsService;
  readonly refuse?: Refusal;
}

/** What the state machines call, by the embedded services in this process; each execution with the role of its machine. */
export function createIntegrations(services: Services): Integrations {
  return integrationsOf(services);
}

function integrationsOf(services: Services, who?: Principal): Integrations {
  const { lambda, s3, sns, refuse = refuseNobody } = services;
  const refusal = (access: Access): string | undefined => who && refuse(who, access);
  return {
    withRole: (role, source) =>
      integrationsOf(services, { role, service: 'states.amazonaws.com', session: randomUUID(), source }),
    authorizeChildren(action, arn) {
      const refused = refusal({ action: `states:${action}`, resource: arn });
      if (refused) throw new StateFailure({ error: 'States.Permissions', cause: refused });
    },
    async invokeLambda(functionArnOrName, payload, { signal }) {
      const refused = refusal(invokeAccess(functionArnOrName));
      // Step Functions names it as any error of the service that it has no name of its own for.
      if (refused)
        throw new IntegrationError('Lambda.AWSLambdaException', `${refused} (Service: Lambda, Status Code: 403)`);
      return lambda.invoke(functionArnOrName, payload, { signal });
    },
    async publish(message) {
      try {
        return sns.publish(message, who);
      } catch (error) {
        throw error instanceof SnsError ? new IntegrationError(`SNS.${error.name}Exception`, error.message) : error;
      }
    },
    async *readObject({ Bucket, Key, VersionId }) {
      try {
        yield* s3.readObject(Bucket, Key, VersionId, who).body;
      } catch (error) {
        throw fromS3(error);
      }
    },
    async writeObject({ Bucket, Key, Body }) {
      await s3.writeObject(Bucket, Key, Body, who).catch((error: unknown) => {
        throw fromS3(error);
      });
    },
  };
}

function fromS3(error: unknown): unknown {
  return error instanceof S3Error ? new IntegrationError(`S3.${error.code}Exception`, error.message) : error;
}
