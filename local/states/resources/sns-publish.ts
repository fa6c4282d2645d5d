import { checkParameters, sdkMetadata, type TaskResource, taskEvents } from './resource.ts';

/** `arn:aws:states:::sns:publish` */
export const snsPublish: TaskResource = {
  service: 'sns',
  action: 'publish',
  parameters: ['TopicArn', 'Subject', 'Message'],
  events: taskEvents('sns', 'publish'),
  subject: 'sns',
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
