import { deadLetters, sendEvents } from '../../helpers/live-events.ts';
import { statementFor } from '../statements.ts';
import { comesTrue, published, type Situation } from './situation.ts';

/** An event that is accepted, and gone from the queue. */
export const aLiveEvent: Situation = async (stage, remove) => {
  remove();
  const { customerProfiles, sqs, outputs } = stage.test.stack;
  const before = customerProfiles.stats().accepted;
  const record = { customer_id: stage.newName(), last_name: 'Yamada', updated_at: '2026-01-01T00:00:00Z' };
  await sendEvents(stage.test, [{ record }]);
  const isGone = () => sqs.messages(outputs.LiveQueueUrl ?? '').length === 0;
  return comesTrue(stage, () => customerProfiles.stats().accepted > before && isGone());
};

/** One that the service fails on at first, so that it goes back to the queue. */
export const aLiveEventThatComesAgain: Situation = async (stage, remove) => {
  stage.breakDown({ error: 'InternalServerException' });
  remove();
  const before = published(stage, 'LiveEventsReturned').sum;
  const record = { customer_id: stage.newName(), last_name: 'Yamada', updated_at: '2026-01-01T00:00:00Z' };
  await sendEvents(stage.test, [{ record }]);
  const hasComeAgain = await comesTrue(stage, () => published(stage, 'LiveEventsReturned').sum > before + 1);
  stage.mend();
  return hasComeAgain;
};

/** One that is put aside. */
export const aFaultyLiveEvent: Situation = async (stage, remove) => {
  remove();
  const before = deadLetters(stage.test).length;
  await sendEvents(stage.test, [{ record: {} }]);
  return comesTrue(stage, () => deadLetters(stage.test).length > before);
};

/** One that EventBridge can not put into the live queue, and puts into the other one itself. */
export const anUndeliverableLiveEvent: Situation = async (stage, remove) => {
  remove();
  stage.withdraw(statementFor(stage.policies, 'LiveQueuePolicy', 'sqs:SendMessage'));
  const before = deadLetters(stage.test).length;
  await sendEvents(stage.test, [{ record: {} }]);
  return deadLetters(stage.test).length > before;
};
