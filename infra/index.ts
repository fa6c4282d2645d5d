export { ProfileSync, type Queues } from './profile-sync.ts';
export type {
  LogLevel,
  ProfileSyncProps,
  Retention,
  Schedule,
  Thresholds,
  Weekday,
} from './profile-sync-props.ts';
export { ProfileSyncStack } from './profile-sync-stack.ts';
