import { UnsupportedTemplate } from '../assembly.ts';
import type { StackModel } from '../model.ts';
import { arn, type Resource, type ResourceType } from '../resource-type.ts';

const KEY_ARN = arn('kms', 'key/');

/** Its policy is a resource's policy, with the rule of its own that iam.ts has. Nothing is encrypted with it. */
export const key: ResourceType = {
  properties: ['KeyPolicy'],
  withoutEffect: ['Description', 'EnableKeyRotation', 'PendingWindowInDays', 'RotationPeriodInDays', 'Tags'],
  identify: ({ defaultName: id }) => ({ ref: id, attributes: { KeyId: id, Arn: `${KEY_ARN}${id}` } }),
  build(resource, model) {
    const keyArn = String(resource.identity.attributes.Arn);
    model.keys.push(keyArn);
    const document = resource.value('KeyPolicy');
    model.policies.push({ name: resource.logicalId, document, roles: [], resource: keyArn });
  },
};

/** Whoever refers to a key by an alias is refused by name. */
export const keyAlias: ResourceType = {
  properties: ['AliasName', 'TargetKeyId'],
  withoutEffect: [],
  identify: (resource) => ({ ref: resource.text('AliasName'), attributes: {} }),
  build() {},
};

/** Notes the key of a resource, given by id or ARN; without one AWS encrypts with a key that everybody may use. */
export function encrypt(model: StackModel, resourceArn: string, { logicalId }: Resource, keyReference: unknown): void {
  if (keyReference === undefined) return;
  const given = String(keyReference);
  if (given.includes('alias/')) {
    throw new UnsupportedTemplate(
      `${logicalId}: the embedded stack does not support the key '${given}': name it by ARN.`,
    );
  }
  model.keyOf.set(resourceArn, given.startsWith('arn:') ? given : `${KEY_ARN}${given}`);
}
