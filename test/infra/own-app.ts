import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { expect } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { InvalidConfiguration } from '../../functions/shared/errors.ts';
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

export function newStack(): Stack {
  return new Stack(ownApp(), 'Crm');
}

export function ownStack(build: (stack: Stack) => void): Template {
  const stack = newStack();
  build(stack);
  return Template.fromStack(stack);
}

/** What a given queue of a domain needs, beside a dead-letter queue. */
export const FIT_FOR_LATE_ERRORS = { visibilityTimeout: Duration.minutes(3), retentionPeriod: Duration.days(14) };

export function refused(build: () => void, message: RegExp): void {
  const refusal = thrownBy(build);
  expect(refusal).toBeInstanceOf(InvalidConfiguration);
  expect(String(refusal)).toMatch(message);
}

function thrownBy(build: () => void): unknown {
  try {
    build();
  } catch (error) {
    return error;
  }
  return undefined;
}
