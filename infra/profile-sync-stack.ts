import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ProfileSync } from './profile-sync.ts';
import type { ProfileSyncProps } from './profile-sync-props.ts';

/** One system in a stack of its own, with outputs for the commands. */
export class ProfileSyncStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & ProfileSyncProps) {
    super(scope, id, props);
    // An id that adds nothing to the logical ids of what is inside.
    const { outputs } = new ProfileSync(this, 'Default', props);
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
