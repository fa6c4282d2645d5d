import { type App, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { CrmStack } from '../end-to-end/own-app/crm-stack.ts';
import { type Given, ownApp, systemIn } from './own-app.ts';

/** Findings of cdk-nag in an app, as `rule: resource`. */
function findings(build: (app: App) => void): string[] {
  const app = ownApp();
  build(app);
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName}: ${constructPath}`),
  );
}

describe('the AwsSolutions rules of cdk-nag', () => {
  const cases: readonly (readonly [what: string, given: (stack: Stack) => Given])[] = [
    ['as it comes', () => ({})],
    ['with a new domain', () => ({ newDomain: { defaultExpirationDays: 366 } })],
    ['with a given object type', () => ({ createObjectType: false })],
    ['with imported buckets', (stack) => ({ exportBucket: Bucket.fromBucketName(stack, 'Exports', 'crm-exports') })],
    [
      'with a key of its own stack',
      (stack) => ({ encryptionKey: new Key(stack, 'CrmKey', { enableKeyRotation: true }) }),
    ],
  ];

  it.each(cases)('find nothing in a system %s', (_what, given) => {
    expect(
      findings((app) => {
        const stack = new Stack(app, 'Crm');
        systemIn(stack, 'Sync', given(stack));
      }),
    ).toEqual([]);
  });

  it('find nothing that ProfileSync made in an app with its own key, bucket and roles', () => {
    const found = findings((app) => new CrmStack(app, 'Crm'));
    expect(found).toContain('AwsSolutions-S1: Crm/CrmExports/Resource');
    expect(found.filter((finding) => finding.includes('/CrmSync/'))).toEqual([]);
  });

  it('find a wildcard in an action, and a permission on everything, all the same', () => {
    const found = findings((app) => {
      const system = systemIn(new Stack(app, 'Crm'), 'Sync');
      const role = new Role(system, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      role.addToPolicy(new PolicyStatement({ actions: ['s3:Get*'], resources: ['*'] }));
    });
    expect(found).toEqual([
      'AwsSolutions-IAM5[Action::s3:Get*]: Crm/Sync/Role/DefaultPolicy/Resource',
      'AwsSolutions-IAM5[Resource::*]: Crm/Sync/Role/DefaultPolicy/Resource',
    ]);
  });
});
