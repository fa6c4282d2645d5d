import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { StackModel } from '../cloudformation/model.ts';
import type { Refusal } from '../iam/access.ts';
import { isWithin } from '../iam/iam.ts';
import { REGION } from '../service.ts';

/**
 * Why the caller may not use the key of a resource as its call needs it; undefined if it may, or if the resource has no
 * key of the template. Nothing is encrypted with a key: who may use it is all that there is of it.
 *
 * @throws UnsupportedTemplate if a resource has a key that the template does not make
 */
export function createKeyRefusal({ keys, keyOf }: Pick<StackModel, 'keys' | 'keyOf'>, refuse: Refusal): Refusal {
  for (const [resource, key] of keyOf) {
    if (keys.includes(key)) continue;
    throw new UnsupportedTemplate(`${resource}: the embedded stack has only keys of the template, and not ${key}.`);
  }
  const encrypted = [...keyOf];
  return (who, { action, resource, context, keyUse = [] }) => {
    const [, key] = encrypted.find(([owner]) => isWithin(resource, owner)) ?? [];
    if (key === undefined) return undefined;
    const via = `${action.split(':')[0]?.toLowerCase()}.${REGION}.amazonaws.com`;
    for (const each of keyUse) {
      const refusal = refuse(who, { action: each, resource: key, context: { ...context, 'kms:viaservice': via } });
      if (refusal) return refusal;
    }
    return undefined;
  };
}
