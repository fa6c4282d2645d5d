import type { LambdaService } from './lambda/lambda.ts';
import { S3Error } from './s3/errors.ts';
import type { S3Service } from './s3/s3.ts';
import { SnsError, type SnsService } from './sns/sns.ts';
import { IntegrationError } from './states/errors.ts';
import type { Integrations } from './states/integrations.ts';

/** What the state machine calls, by the embedded services in this process. */
export function createIntegrations(services: { lambda: LambdaService; s3: S3Service; sns: SnsService }): Integrations {
  const { lambda, s3, sns } = services;
  return {
    invokeLambda: (functionArnOrName, payload, { signal }) => lambda.invoke(functionArnOrName, payload, { signal }),
    async publish(message) {
      try {
        return sns.publish(message);
      } catch (error) {
        throw error instanceof SnsError ? new IntegrationError(`SNS.${error.name}Exception`, error.message) : error;
      }
    },
    async *readObject({ Bucket, Key, VersionId }) {
      try {
        yield* s3.readObject(Bucket, Key, VersionId).body;
      } catch (error) {
        throw error instanceof S3Error ? new IntegrationError(`S3.${error.code}Exception`, error.message) : error;
      }
    },
  };
}
