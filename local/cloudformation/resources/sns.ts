import { arn, fieldsOf, type ResourceType, resourcePolicy } from '../resource-type.ts';
import { encrypt } from './kms.ts';

export const topic: ResourceType = {
  properties: ['TopicName', 'Subscription', 'KmsMasterKeyId'],
  withoutEffect: ['DisplayName', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('TopicName') ?? resource.defaultName;
    const topicArn = arn('sns', name);
    return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  },
  build(resource, model) {
    const topicArn = resource.identity.ref;
    model.topics.push({ arn: topicArn });
    encrypt(model, topicArn, resource, resource.value('KmsMasterKeyId'));
    for (const entry of resource.objects('Subscription')) {
      const { Protocol, Endpoint } = fieldsOf(entry, `${resource.logicalId}.Subscription`, ['Protocol', 'Endpoint']);
      model.subscriptions.push({ topicArn, protocol: String(Protocol), endpoint: String(Endpoint) });
    }
  },
};

export const subscription: ResourceType = {
  properties: ['TopicArn', 'Protocol', 'Endpoint'],
  withoutEffect: [],
  identify: (resource) => ({ ref: `${resource.text('TopicArn')}:${resource.defaultName}`, attributes: {} }),
  build(resource, model) {
    const [topicArn, protocol] = [resource.text('TopicArn'), resource.text('Protocol')];
    model.subscriptions.push({ topicArn, protocol, endpoint: resource.text('Endpoint') });
  },
};

export const topicPolicy = resourcePolicy('Topics', (topicArn) => topicArn);
