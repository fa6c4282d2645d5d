import type { Situation } from './situation.ts';

/** CloudWatch tells the topic of an alarm. */
export const anAlarm: Situation = async (stage, remove) => {
  remove();
  const { sns, outputs } = stage.test.stack;
  const alarm = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:profile-sync-RunFailed';
  try {
    const notice = { TopicArn: outputs.AlarmTopicArn ?? '', Subject: 'ALARM', Message: 'profile-sync-RunFailed' };
    sns.publish(notice, { service: 'cloudwatch.amazonaws.com' }, alarm);
    return true;
  } catch {
    return false;
  }
};
