import { ACCOUNT, REGION } from '../../service.ts';
import { arn, fieldsOf, type ResourceType, resourcePolicy } from '../resource-type.ts';
import { encrypt } from './kms.ts';

/** SQS's defaults. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
const DEFAULT_VISIBILITY_TIMEOUT_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 345_600;
/** Also the maximum. */
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576;

export const queue: ResourceType = {
  properties: [
    'QueueName',
    'VisibilityTimeout',
    'DelaySeconds',
    'MessageRetentionPeriod',
    'ReceiveMessageWaitTimeSeconds',
    'MaximumMessageSize',
    'RedrivePolicy',
    'KmsMasterKeyId',
  ],
  withoutEffect: ['KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('QueueName') ?? resource.defaultName;
    const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
    return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
  },
  build(resource, model) {
    const { Arn, QueueName, QueueUrl } = resource.identity.attributes;
    encrypt(model, String(Arn), resource, resource.value('KmsMasterKeyId'));
    const policy = resource.value('RedrivePolicy');
    const { deadLetterTargetArn, maxReceiveCount } = fieldsOf(policy ?? {}, `${resource.logicalId}.RedrivePolicy`, [
      'deadLetterTargetArn',
      'maxReceiveCount',
    ]);
    model.queues.push({
      name: String(QueueName),
      arn: String(Arn),
      url: String(QueueUrl),
      visibilityTimeoutSeconds: resource.optionalNumber('VisibilityTimeout') ?? DEFAULT_VISIBILITY_TIMEOUT_SECONDS,
      delaySeconds: resource.optionalNumber('DelaySeconds') ?? 0,
      retentionSeconds: resource.optionalNumber('MessageRetentionPeriod') ?? DEFAULT_RETENTION_SECONDS,
      receiveWaitSeconds: resource.optionalNumber('ReceiveMessageWaitTimeSeconds') ?? 0,
      maxMessageBytes: resource.optionalNumber('MaximumMessageSize') ?? DEFAULT_MAX_MESSAGE_BYTES,
      ...(policy !== undefined && {
        redrive: { deadLetterArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) },
      }),
    });
  },
};

export const queuePolicy = resourcePolicy('Queues', (url) => arn('sqs', url.split('/').pop() ?? ''));
