import { loadAssembly } from '../../local/cloudformation/assembly.ts';

/** Where infra/permissions.ts notes why a role has what an ordinary run does not use. */
const UNUSED_METADATA = 'profile-sync:unused';

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly PolicyName?: string; readonly Roles?: readonly { readonly Ref?: string }[] };
  readonly Metadata?: { readonly [UNUSED_METADATA]?: readonly { readonly action: string; readonly reason: string }[] };
}

/** The reasons for unused actions that the template holds, as `<policy> <action>` → reason. */
export function reasonsOf(cdkOut: string): Map<string, string> {
  const resources = loadAssembly(cdkOut).template.Resources as Readonly<Record<string, Resource>>;
  const reasons = new Map<string, string>();
  for (const { Type, Properties: { PolicyName = '', Roles = [] } = {} } of Object.values(resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    for (const { Ref = '' } of Roles) {
      for (const { action, reason } of resources[Ref]?.Metadata?.[UNUSED_METADATA] ?? []) {
        reasons.set(`${PolicyName} ${action}`, reason);
      }
    }
  }
  return reasons;
}
