import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { ProfileSync, type ProfileSyncProps } from '../../infra/index.ts';

/** An app of somebody else; its functions are not bundled. */
export function ownApp(): App {
  return new App({ context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false });
}

/** What is made beside the system in its stack, and given to it. */
export type Given = Omit<ProfileSyncProps, 'domainName' | 'mappingPath'> & {
  readonly domainName?: string;
  readonly mappingPath?: string;
};

/** A system in a stack of somebody else's app. */
export function systemIn(scope: Construct, id: string, given: Given = {}): ProfileSync {
  return new ProfileSync(scope, id, { domainName: 'demo', mappingPath: 'mappings/customer.json', ...given });
}

export function ownStack(build: (stack: Stack) => void): Template {
  const stack = new Stack(ownApp(), 'Crm');
  build(stack);
  return Template.fromStack(stack);
}
