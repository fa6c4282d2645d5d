import { isObject } from '../json.ts';
import { checkParameters, sdkMetadata, type TaskResource } from './resource.ts';

/** `arn:aws:states:::sns:publish` */
export const snsPublish: TaskResource = {
  service: 'sns',
  action: 'publish',
  parameters: ['TopicArn', 'Subject', 'Message'],
  subject: (parameters) => (isObject(parameters) ? String(parameters.TopicArn) : ''),
  async call(parameters, { integrations, random }) {
    const { TopicArn, Subject, Message } = checkParameters(snsPublish, parameters, ['TopicArn']);
    const { MessageId } = await integrations.publish({
      TopicArn,
      ...(typeof Subject === 'string' && { Subject }),
      // A message that is not text is sent as its JSON.
      Message: typeof Message === 'string' ? Message : JSON.stringify(Message ?? null),
    });
    return { MessageId, ...sdkMetadata(random.uuid()) };
  },
};
