import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ProfileSync } from 'connect-profile-sync/infra';
import { GRANTS } from './grants.ts';

/** A system, and for each of its grants a role that has no other. */
const stack = new Stack(new App(), 'Granted');
const sync = new ProfileSync(stack, 'Sync', {
  domainName: 'granted',
  newDomain: { defaultExpirationDays: 366 },
  mappingPath: 'test/end-to-end/command-grants/customers.json',
  quota: 50,
});
for (const [name, value] of Object.entries(sync.outputs)) new CfnOutput(stack, name, { value });
for (const grant of GRANTS) {
  const role = new Role(stack, grant, { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  sync[grant](role);
  new CfnOutput(stack, `${grant}Role`, { value: role.roleArn });
}
